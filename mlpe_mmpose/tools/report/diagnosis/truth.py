"""Reads annotations as MMPose and COCO's tools read them."""

import contextlib
import io
from pathlib import Path

import numpy as np
from xtcocotools.coco import COCO

from .ground_truth import GroundTruth


def read_truth(
    ann_file: str | Path, num_keypoints: int
) -> tuple[COCO, GroundTruth]:
    """Read any annotations that MMPose can train on.

    As in MMPose and xtcocotools, ``iscrowd`` defaults to 0, and an annotation
    without ``keypoints`` has no labelled keypoint. If the area of any
    annotation is missing, all areas are estimated from the boxes. A missing
    box becomes the smallest box around the labelled keypoints.

    Args:
        ann_file (str | Path): Annotations in COCO's format
        num_keypoints (int): K

    Returns:
        tuple[COCO, GroundTruth]: The annotations as COCO's index, and as
        arrays.

    Raises:
        OSError: If the file cannot be read.
        ValueError: If it is not in COCO's format, or an annotation has
            another number of keypoints.
    """
    try:
        # COCO fills in `iscrowd`, and prints its progress
        with contextlib.redirect_stdout(io.StringIO()):
            coco = COCO(str(ann_file))
    except (ValueError, AssertionError, KeyError, TypeError) as error:
        raise ValueError(
            f"{ann_file} is not in COCO's format, in which images, "
            'annotations and categories are lists of objects with an `id`: '
            f'{type(error).__name__}: {error}.'
        ) from error
    if not coco.anns or not coco.imgs or not coco.cats:
        raise ValueError(
            f'{ann_file} has {len(coco.imgs)} images, {len(coco.anns)} '
            f'annotations and {len(coco.cats)} categories; the report needs '
            "some of each, as in COCO's format."
        )
    for annotation in coco.anns.values():
        _fill_in(annotation, num_keypoints, ann_file)
    has_areas = all(a.get('area') is not None for a in coco.anns.values())
    truth = GroundTruth.from_coco(coco, num_keypoints, has_areas)
    return coco, truth


def _fill_in(annotation: dict, num_keypoints: int, path: str | Path) -> None:
    """Add the missing fields to an annotation.

    Raises:
        ValueError: If the annotation has another number of keypoints.
    """
    if not annotation.get('keypoints'):
        annotation['keypoints'] = [0] * (3 * num_keypoints)
    values = annotation['keypoints']
    if len(values) != 3 * num_keypoints:
        raise ValueError(
            f'{path}, annotation {annotation["id"]}: {len(values)} values in '
            f"'keypoints', but the config's data set has {num_keypoints} "
            'keypoints of x, y, v. The report needs all keypoints in that '
            'field; the files of COCO-WholeBody have most of them in others.'
        )
    if 'bbox' not in annotation:
        points = np.reshape(values, (-1, 3))
        points = points[points[:, 2] > 0, :2]
        if not len(points):
            points = np.zeros((1, 2))
        low = points.min(axis=0)
        annotation['bbox'] = [*low, *(points.max(axis=0) - low)]
