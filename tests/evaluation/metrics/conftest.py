"""Awkward predictions and annotations, and both metrics run on them."""

import json

import numpy as np
import pytest
from mmpose.datasets import CocoDataset
from mmpose.datasets.datasets.utils import parse_pose_metainfo
from mmpose.evaluation.metrics import CocoMetric

from mlpe_mmpose.evaluation.metrics import FastCocoMetric, fast_coco_metric

NUM_KEYPOINTS = 17
CATEGORIES = [dict(id=1, name='person'), dict(id=2, name='horse')]


class FastOnly(FastCocoMetric):
    """FastCocoMetric, which fails where xtcocotools would evaluate."""

    def _do_python_keypoint_eval(self, outfile_prefix):
        assert fast_coco_metric._cpp_evaluation(self.iou_type)
        return super()._do_python_keypoint_eval(outfile_prefix)


class Scenes:
    """Generated images of which an evaluation may be mistaken.

    Among them are images without people, without predictions or without
    either; crowds; people without a labelled keypoint; areas at the limits
    of COCO's ranges; annotations of id 0; more predictions than count;
    predictions that repeat another or the ground truth, that have equal
    scores, or keypoints without any score.
    """

    def __init__(self, seed: int = 0, num_images: int = 14):
        self.rng = np.random.default_rng(seed)
        self.images, self.annotations, self.samples = [], [], []
        for image_id in self.rng.permutation(500)[:num_images].tolist():
            self.images.append(
                dict(
                    id=image_id,
                    width=640,
                    height=480,
                    crowdIndex=float(self.rng.choice([0.1, 0.2, 0.5, 0.9])),
                )
            )
            people = [
                self._annotate(image_id) for _ in range(self.rng.integers(6))
            ]
            for number in range(self.rng.choice([0, 1, 5, 30])):
                self._predict(image_id, people, number)
        self.rng.shuffle(self.samples)
        self._describe()

    def _annotate(self, image_id: int) -> dict:
        rng = self.rng
        corner, size = rng.uniform(0, 300, 2), rng.uniform(20, 300, 2)
        points = corner + rng.random((NUM_KEYPOINTS, 2)) * size
        seen = rng.choice([0, 1, 2], NUM_KEYPOINTS, p=[0.3, 0.2, 0.5])
        seen = seen * rng.choice([0, 1], p=[0.2, 0.8])
        keypoints = (
            np.column_stack([points.round(), seen]) * (seen > 0)[:, None]
        )
        area = rng.choice([32.0**2, 96.0**2, size.prod() * 0.5])
        annotation = dict(
            id=len(self.annotations),
            image_id=image_id,
            category_id=int(rng.choice([1, 2], p=[0.9, 0.1])),
            bbox=[*corner.round(2).tolist(), *size.round(2).tolist()],
            area=float(area),
            keypoints=keypoints.astype(int).reshape(-1).tolist(),
            num_keypoints=int((seen == 2).sum()),
            iscrowd=int(rng.random() < 0.15),
        )
        self.annotations.append(annotation)
        return annotation

    def _predict(self, image_id: int, people: list, number: int) -> None:
        rng = self.rng
        box = [*rng.uniform(0, 300, 2), *rng.uniform(20, 300, 2)]
        keypoints = rng.uniform(0, 500, (NUM_KEYPOINTS, 2))
        if people and rng.random() < 0.8:
            person = people[rng.integers(len(people))]
            box = person['bbox']
            keypoints = np.reshape(person['keypoints'], (-1, 3))[:, :2]
            error = rng.choice([0, 0.02, 0.1]) * np.array(box[2:])
            keypoints = keypoints + rng.normal(size=keypoints.shape) * error
        scores = rng.choice([0, 0.2, 0.5, 0.9], (1, NUM_KEYPOINTS))
        scores = scores * rng.choice([0, 1], p=[0.1, 0.9])
        x, y, w, h = box
        instances = dict(
            keypoints=keypoints[None].astype(np.float32),
            keypoint_scores=scores.astype(np.float32),
            bboxes=np.array([[x, y, x + w, y + h]], dtype=np.float32),
            bbox_scores=rng.choice([0.3, 0.7, 1], 1).astype(np.float32),
        )
        self.samples.append(
            dict(
                # now and then an id that this image has already had
                id=int(rng.choice([number, max(0, number - 1)], p=[0.9, 0.1])),
                img_id=image_id,
                # 3 is no category of this data set
                # an array without a dimension, as CocoDataset gives it
                category_id=np.array(rng.choice([1, 2, 3], p=[0.8, 0.1, 0.1])),
                pred_instances=instances,
                gt_instances=dict(
                    bbox_scores=instances['bbox_scores'],
                    bbox_scales=np.array([[w, h]], dtype=np.float32) * 1.25,
                ),
            )
        )

    def _describe(self) -> None:
        """Let samples carry what a metric without ``ann_file`` reads."""
        people, images = {}, {image['id']: image for image in self.images}
        for annotation in self.annotations:
            people.setdefault(annotation['image_id'], []).append(annotation)
        for sample in self.samples:
            image_id = sample['img_id']
            sample.update(
                ori_shape=(480, 640),
                crowd_index=images[image_id]['crowdIndex'],
                raw_ann_info=people.pop(image_id, None),
            )

    @property
    def dataset(self) -> dict:
        """The annotations in COCO's format."""
        return dict(
            images=self.images,
            annotations=self.annotations,
            categories=CATEGORIES,
        )


@pytest.fixture
def make_scenes():
    """Makes :class:`Scenes`: ``make_scenes(seed)``."""
    return Scenes


@pytest.fixture
def scenes():
    """The scenes of seed 0."""
    return Scenes()


@pytest.fixture
def build(tmp_path):
    """Builds a metric for scenes: ``build(metric, scenes, **options)``."""

    def make(metric, scenes, **options):
        ann_file = tmp_path / 'annotations.json'
        ann_file.write_text(json.dumps(scenes.dataset))
        metric = metric(**dict(ann_file=str(ann_file)) | options)
        # A name of their own: without ann_file, MMPose's metric looks for a
        # file that a data set of this name was read from, in another test too.
        metric.dataset_meta = dict(
            parse_pose_metainfo(CocoDataset.METAINFO),
            CLASSES=CATEGORIES,
            dataset_name='scenes',
        )
        return metric

    return make


@pytest.fixture
def evaluate(build):
    """Evaluates scenes: ``evaluate(metric, scenes, **options)``."""

    def run(metric, scenes, **options):
        metric = build(metric, scenes, **options)
        metric.process({}, scenes.samples)
        return metric.evaluate(len(scenes.samples))

    return run


@pytest.fixture
def assert_equal(evaluate):
    """Asserts that figures equal CocoMetric's: ``(scenes, **options)``."""

    def run(scenes, metric=FastOnly, **options):
        stock = evaluate(CocoMetric, scenes, **options)
        fast = evaluate(metric, scenes, **options)
        assert list(fast) == list(stock)
        assert fast == pytest.approx(stock, abs=1e-12)
        return fast

    return run
