"""Reads and writes boxes of people in MMPose's person-detection format.

The format is that of ``COCO_val2017_detections_AP_H_56_person.json``: a JSON
list of ``{"image_id": 1, "category_id": 1, "bbox": [left, top, width, height],
"score": 0.9}``.
"""

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np

PERSON = 1  # COCO's category


def read_person_boxes(path: str | Path) -> dict[int, np.ndarray]:
    """Read a file of person detections.

    Args:
        path (str | Path): A file in MMPose's person-detection format

    Returns:
        dict[int, np.ndarray]: Image id -> (N, 5), float32: left, top, right,
        bottom in pixels, score. Boxes of other categories, and boxes without
        an area in float32, are left out, as MMPose's ``CocoDataset`` does.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If the file has another format, or a number of it is not
            finite.
    """
    try:
        detections = json.loads(Path(path).read_text())
        people = defaultdict(dict)
        for number, found in enumerate(detections):
            left, top, width, height = map(float, found['bbox'])
            box = left, top, left + width, top + height, float(found['score'])
            if found['category_id'] == PERSON:
                people[found['image_id']][number] = box
    except (TypeError, KeyError, ValueError) as error:
        raise ValueError(
            f'{path} is no list of person detections, {{"image_id": 1, '
            '"category_id": 1, "bbox": [left, top, width, height], "score": '
            f'0.9}} ({type(error).__name__}: {error}).'
        ) from error
    boxes = {}
    for image_id, rows in people.items():
        # a number may be too large for float32
        with np.errstate(over='ignore'):
            some = np.array(list(rows.values()), np.float32)
        wrong = ~np.isfinite(some).all(axis=1)
        if wrong.any():
            number = list(rows)[wrong.argmax()]
            raise ValueError(
                f'{path}, entry {number}, counted from 0: bbox and score need '
                f'finite numbers, got {detections[number]}. Correct the '
                'entry, or remove it.'
            )
        # beside a large `left`, float32 loses a small width
        boxes[image_id] = some[(some[:, 2:4] > some[:, :2]).all(axis=1)]
    return {image_id: some for image_id, some in boxes.items() if len(some)}


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
