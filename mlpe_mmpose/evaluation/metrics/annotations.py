"""Annotations in COCO's format: what is refused, and what is filled in."""

from collections import Counter

import numpy as np
from mmengine.logging import MMLogger

AREA_OF_BOX = 0.53  # share of its box that a person fills, in xtcocotools


def check_fields(dataset: dict, file: str, crowd: bool = False) -> None:
    """Refuse a data set that lacks what cannot be filled in.

    Args:
        dataset (dict): Content of an annotation file
        file (str): Name of the file, for the message
        crowd (bool): Whether images need CrowdPose's ``crowdIndex``

    Raises:
        ValueError: If a list, or a field of an entry, is missing.
    """
    required = dict(
        images=('id', 'crowdIndex') if crowd else ('id',),
        categories=('id',),
        annotations=('id', 'image_id', 'category_id'),
    )
    for name, fields in required.items():
        if name not in dataset:
            raise ValueError(f'{file} needs a list {name!r}.')
        for index, entry in enumerate(dataset[name]):
            for field in fields:
                if entry.get(field) is None:
                    raise ValueError(
                        f'{file}: entry {index} of {name!r}, whose id is '
                        f'{entry.get("id")!r}, needs a field {field!r}.'
                    )


def fill_in_fields(
    annotations: list[dict], file: str, num_keypoints: int, use_area: bool
) -> None:
    """Fill in what xtcocotools reads and annotations may lack, in place.

    An annotation without ``keypoints`` gets keypoints without a label, so
    that it is ignored. A missing ``bbox`` spans the labelled keypoints, a
    missing ``area`` is estimated from the box, a missing ``iscrowd`` is 0.

    Args:
        annotations (list[dict]): Annotations in COCO's format
        file (str): Name of their file, for messages
        num_keypoints (int): Number K of keypoints of each annotation
        use_area (bool): Whether annotated areas are used, and not estimates

    Raises:
        ValueError: If an annotation has another number of keypoints, or NaN
            where a number is read.
    """
    missing = Counter()
    for annotation in annotations:
        if not annotation.get('keypoints'):
            missing['keypoints'] += 1
            annotation['keypoints'] = [0] * (3 * num_keypoints)
            annotation['num_keypoints'] = 0
        keypoints = np.array(annotation['keypoints'], dtype=np.float64)
        if keypoints.size != 3 * num_keypoints:
            raise ValueError(
                f"{file}: 'keypoints' of annotation {annotation['id']!r} has "
                f'{keypoints.size} numbers, but the data set has '
                f'{num_keypoints} keypoints of 3 numbers: gt_converter makes '
                'them equal.'
            )
        visibility = keypoints[2::3]
        points = keypoints.reshape(-1, 3)[visibility > 0, :2]
        if annotation.get('bbox') is None:
            missing['bbox'] += 1
            ends = points if len(points) else np.zeros((1, 2))
            box = np.concatenate([ends.min(axis=0), np.ptp(ends, axis=0)])
            annotation['bbox'] = box.tolist()
        if annotation.get('area') is None:
            missing['area'] += use_area
            _, _, width, height = annotation['bbox']
            annotation['area'] = width * height * AREA_OF_BOX
        annotation['iscrowd'] = annotation.get('iscrowd') or 0
        # read for CrowdPose only, which counts the visible keypoints
        annotation.setdefault('num_keypoints', int((visibility == 2).sum()))
        decisive = points if len(points) else annotation['bbox']
        if np.isnan([*np.ravel(decisive), annotation['area']]).any():
            raise ValueError(
                f'{file}: annotation {annotation["id"]!r} has NaN in a '
                'labelled keypoint, its bbox or its area.'
            )
    if missing.total():
        MMLogger.get_current_instance().warning(
            f'{file}: of {len(annotations)} annotations, '
            f'{missing["keypoints"]} lack keypoints and are ignored, '
            f'{missing["bbox"]} lack a bbox and get that of their keypoints, '
            f'{missing["area"]} lack an area and get one by their bbox.'
        )
