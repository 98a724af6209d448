"""Reads annotations as MMPose and COCO's tools read them."""

import contextlib
import io
from pathlib import Path

from xtcocotools.coco import COCO

from mlpe_mmpose.annotations.fields import Use
from mlpe_mmpose.annotations.fill_in import fill_in_fields
from mlpe_mmpose.annotations.read import read_annotations

from .ground_truth import GroundTruth


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
            another number of keypoints. Files of COCO-WholeBody have most
            of their keypoints in other fields, so they are refused.
    """
    coco, names = COCO(), range(num_keypoints)
    coco.dataset = read_annotations(ann_file, Use.EVALUATE, names)
    annotations = coco.dataset['annotations']
    has_areas = all(a.get('area') is not None for a in annotations)
    fill_in_fields(annotations, num_keypoints)
    # COCO prints its progress
    with contextlib.redirect_stdout(io.StringIO()):
        coco.createIndex()
    return coco, GroundTruth.from_coco(coco, num_keypoints, has_areas)
