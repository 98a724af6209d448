"""The annotations of a data set as arrays."""

import contextlib
import dataclasses
import io
from pathlib import Path

import numpy as np
from xtcocotools.coco import COCO

from mlpe_mmpose.annotations.fields import Use
from mlpe_mmpose.annotations.fill_in import estimate_area, fill_in_fields
from mlpe_mmpose.annotations.read import read_annotations


@dataclasses.dataclass
class GroundTruth:
    """Annotated people; every row of the arrays is one annotation.

    Note:
        - number of images: I; their numbers follow the order of their ids
        - number of annotations: G
        - number of keypoints: K

    Args:
        image_ids (np.ndarray): (I,), sorted
        images (np.ndarray): (G,), numbers of the images
        category_ids (np.ndarray): (G,)
        keypoints (np.ndarray): (G, K, 3), (x, y, v), pixels
        boxes (np.ndarray): (G, 4), [x, y, w, h], pixels
        areas (np.ndarray): (G,), squared pixels
        num_keypoints (np.ndarray): (G,); an annotation with 0 is ignored
        crowds (np.ndarray): (G,), 1 where one box holds a group
        ids (np.ndarray): (G,), ids of the annotations
    """

    image_ids: np.ndarray
    images: np.ndarray
    category_ids: np.ndarray
    keypoints: np.ndarray
    boxes: np.ndarray
    areas: np.ndarray
    num_keypoints: np.ndarray
    crowds: np.ndarray
    ids: np.ndarray

    @classmethod
    def from_coco(
        cls, coco: COCO, num_keypoints: int, use_area: bool
    ) -> 'GroundTruth':
        """Read complete annotations.

        Args:
            coco (COCO): Annotations that have all of COCO's fields
            num_keypoints (int): K
            use_area (bool): Take the areas from the annotations; otherwise
                they are estimated from the boxes
        """
        image_ids = np.unique(coco.getImgIds())
        persons = coco.loadAnns(
            coco.getAnnIds(imgIds=image_ids, catIds=coco.getCatIds())
        )
        keypoints = np.array([person['keypoints'] for person in persons])
        keypoints = keypoints.reshape(len(persons), num_keypoints, 3)
        boxes = np.array([p['bbox'] for p in persons], dtype=np.float64)
        boxes = boxes.reshape(-1, 4)
        areas = estimate_area(boxes.T)
        if use_area:
            areas = np.array([p['area'] for p in persons], dtype=np.float64)
        return cls(
            image_ids,
            np.searchsorted(image_ids, [p['image_id'] for p in persons]),
            np.array([p['category_id'] for p in persons]),
            keypoints,
            boxes,
            areas,
            np.count_nonzero(keypoints[..., 2] > 0, axis=1),
            np.array([int(person['iscrowd']) for person in persons]),
            np.array([person['id'] for person in persons]),
        )

    @property
    def evaluated(self) -> np.ndarray:
        """Which annotations (G,) have keypoints and are no crowd."""
        return (self.num_keypoints > 0) & (self.crowds == 0)

    def as_rows(self) -> list[dict]:
        """Return the annotations in the form of ``evaluate_in_cpp``."""
        columns = dict(
            image_id=self.image_ids[self.images].tolist(),
            category_id=self.category_ids.tolist(),
            bbox=self.boxes,
            area=self.areas.tolist(),
            keypoints=self.keypoints.reshape(len(self.keypoints), -1),
            num_keypoints=self.num_keypoints.tolist(),
            iscrowd=self.crowds.tolist(),
        )
        rows = zip(*columns.values(), strict=True)
        return [dict(zip(columns, row, strict=True)) for row in rows]


def read_truth(
    ann_file: str | Path, num_keypoints: int
) -> tuple[COCO, GroundTruth]:
    """Read any annotations that MMPose can train on.

    Missing fields are filled in as in FastCocoMetric, except for areas: if
    the area of any annotation is missing, all are estimated from the boxes.

    Args:
        ann_file (str | Path): Annotations in COCO's format
        num_keypoints (int): K

    Returns:
        tuple[COCO, GroundTruth]: The annotations as COCO's index, and as
        arrays.

    Raises:
        OSError: If the file cannot be read.
        ValueError: If it is not in COCO's format, or an annotation has
            another number of keypoints, or no person has a labelled one.
            Files of COCO-WholeBody have most of their keypoints in other
            fields, so they are refused.
    """
    coco, names = COCO(), range(num_keypoints)
    coco.dataset = read_annotations(ann_file, Use.EVALUATE, names)
    annotations = coco.dataset['annotations']
    has_areas = all(a.get('area') is not None for a in annotations)
    fill_in_fields(annotations, num_keypoints)
    # COCO prints its progress
    with contextlib.redirect_stdout(io.StringIO()):
        coco.createIndex()
    truth = GroundTruth.from_coco(coco, num_keypoints, has_areas)
    if not truth.evaluated.any():
        raise ValueError(
            f'{ann_file} has no person with a labelled keypoint in its '
            f'{len(annotations)} annotations, crowds apart, so there is '
            'nothing to diagnose.'
        )
    return coco, truth
