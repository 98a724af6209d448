"""People on a grid, and predictions of them that tests spoil."""

import json
from pathlib import Path

import numpy as np
from mmpose.datasets.datasets import CocoDataset
from mmpose.datasets.datasets.utils import parse_pose_metainfo

from mlpe_mmpose.tools.report.diagnosis.diagnose import diagnose
from mlpe_mmpose.tools.report.diagnosis.findings import Diagnosis

K = 17
INFO = parse_pose_metainfo(CocoDataset.METAINFO)
AREA = 100.0 * 80
# id of the first annotation
FIRST_ID = 5


class Case:
    """People on a grid, far enough apart, and predictions to spoil."""

    def __init__(self, folder: Path, people: int = 6, per_image: int = 1):
        random = np.random.default_rng(0)
        self.folder = folder
        # of the annotations; the predictions have 1
        self.category_id = 1
        self.images = [dict(id=i, file_name=f'{i}.jpg') for i in range(people)]
        self.truth = np.full((people, K, 3), 2.0)
        for person in range(people):
            # 5 x 4 places, 90 pixels apart: no keypoint is near another
            places = random.permutation(20)[:K]
            shift = 1000 * (person % per_image)
            self.truth[person, :, 0] = places % 5 * 90 + shift
            self.truth[person, :, 1] = places // 5 * 90
        self.image_ids = [person // per_image for person in range(people)]
        self.predicted = self.truth.copy()
        self.predicted[..., 2] = 0.9
        self.scores = random.permutation(people) / people + 0.1

    def diagnose(self) -> Diagnosis:
        annotations = [
            dict(
                id=number + FIRST_ID,
                image_id=image,
                category_id=self.category_id,
                iscrowd=0,
                area=AREA,
                num_keypoints=int((points[:, 2] > 0).sum()),
                keypoints=points.ravel().tolist(),
                bbox=[points[:, 0].min(), 0, 361, 271],
            )
            for number, (points, image) in enumerate(
                zip(self.truth, self.image_ids, strict=True)
            )
        ]
        # the order of a file's annotations must not matter
        annotations.reverse()
        dataset = dict(
            images=self.images,
            annotations=annotations,
            categories=[dict(id=self.category_id, name='person')],
        )
        results = [
            dict(
                image_id=image,
                category_id=1,
                keypoints=points.ravel().tolist(),
                score=score,
            )
            for points, image, score in zip(
                self.predicted, self.image_ids, self.scores, strict=True
            )
        ]
        (self.folder / 'truth.json').write_text(json.dumps(dataset))
        (self.folder / 'results.json').write_text(json.dumps(results))
        return diagnose(
            self.folder / 'truth.json', self.folder / 'results.json', INFO
        )
