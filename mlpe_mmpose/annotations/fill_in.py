"""Fills in what annotations may lack, as xtcocotools and MMPose do."""

from collections import Counter

import numpy as np

from .fields import are_coordinates, is_coordinate
from .keypoints import count_labels

AREA_OF_BOX = 0.53  # share of its box that a person fills, in xtcocotools


def fill_in_fields(
    annotations: list[dict], num_keypoints: int, use_area: bool = True
) -> Counter[str]:
    """Fill in what the evaluation reads and annotations may lack, in place.

    An annotation without ``keypoints`` gets keypoints without a label, so
    that it is ignored. A missing ``bbox`` spans the labelled keypoints, a
    missing ``area`` is estimated from the box, a missing ``iscrowd`` is 0.

    Args:
        annotations (list[dict]): Annotations without a fault
        num_keypoints (int): Number K of keypoints of each annotation
        use_area (bool): Whether annotated areas are used, and not estimates

    Returns:
        Counter[str]: How many annotations lacked ``'keypoints'``, ``'bbox'``
        and, if it is used, ``'area'``.
    """
    missing = Counter()
    for annotation in annotations:
        if not annotation.get('keypoints'):
            missing['keypoints'] += 1
            annotation['keypoints'] = [0] * (3 * num_keypoints)
            annotation['num_keypoints'] = 0
        values = annotation['keypoints']
        if not are_coordinates(values):
            # A position that is not labelled may have any value. With null, or
            # a whole number beyond 64 bits, NumPy makes no array of numbers.
            annotation['keypoints'] = [
                value if is_coordinate(value) else 0 for value in values
            ]
        if annotation.get('bbox') is None:
            missing['bbox'] += 1
            annotation['bbox'] = _span_keypoints(annotation)
        if annotation.get('area') is None:
            missing['area'] += use_area
            annotation['area'] = estimate_area(annotation['bbox'])
        annotation['iscrowd'] = annotation.get('iscrowd') or 0
        if annotation.get('num_keypoints') is None:
            # read for CrowdPose only, which counts the visible keypoints
            annotation['num_keypoints'] = annotation['keypoints'][2::3].count(
                2
            )
    return missing


def estimate_area(box: list[float]) -> float:
    """Estimate the area of a person from the box [x, y, width, height]."""
    return box[2] * box[3] * AREA_OF_BOX


def _span_keypoints(annotation: dict) -> list[float]:
    """Return the smallest box [x, y, w, h] around the labelled keypoints."""
    if not count_labels(annotation):
        return [0.0] * 4
    points = np.reshape(annotation['keypoints'], (-1, 3))
    points = points[points[:, 2] > 0, :2]
    return [*points.min(axis=0).tolist(), *np.ptp(points, axis=0).tolist()]
