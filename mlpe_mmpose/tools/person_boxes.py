"""Reads and writes boxes of people in MMPose's person-detection format.

The format is that of ``COCO_val2017_detections_AP_H_56_person.json``: a JSON
list of ``{"image_id": 1, "category_id": 1, "bbox": [left, top, width, height],
"score": 0.9}``.
"""

from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np

from mlpe_mmpose.annotations.faults import read_json, refuse_faults
from mlpe_mmpose.annotations.fields import PERSON
from mlpe_mmpose.annotations.rules import find_box_faults


def read_person_boxes(path: str | Path) -> dict[int, np.ndarray]:
    """Read a file of person detections.

    Args:
        path (str | Path): A file in MMPose's person-detection format

    Returns:
        dict[int, np.ndarray]: Image id -> (N, 5), float32: left, top, right,
        bottom in pixels, score. Boxes of other categories, and boxes without
        an area in float32, are left out, as MMPose's ``CocoDataset`` does.

    Raises:
        OSError: If the file cannot be read.
        ValueError: If the file has a fault, see :func:`find_box_faults`.
    """
    detections = read_json(path)
    refuse_faults(path, find_box_faults(detections))
    people = defaultdict(list)
    for found in detections:
        left, top, width, height = found['bbox']
        box = left, top, left + width, top + height, found['score']
        box = np.array(box, np.float32)
        # beside a large `left`, float32 loses a small width
        if found['category_id'] == PERSON and (box[2:4] > box[:2]).all():
            people[found['image_id']].append(box)
    return {image_id: np.stack(rows) for image_id, rows in people.items()}


def to_detections(image_id: int, boxes: np.ndarray) -> list[dict[str, Any]]:
    """Return boxes as items of a file of person detections.

    Args:
        image_id (int): Id of the image
        boxes (np.ndarray): (N, 5), left, top, right, bottom in pixels, score

    Returns:
        list[dict]: One for each box, rounded to thousandths of a pixel.
    """
    return [
        dict(
            image_id=image_id,
            category_id=PERSON,
            bbox=[
                round(value, 3)
                for value in (left, top, right - left, bottom - top)
            ],
            score=score,
        )
        for left, top, right, bottom, score in boxes.tolist()
    ]
