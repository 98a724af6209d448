"""COCO's file of results, as MMPose writes it, in half the time."""

import json

import numpy as np
from mmengine.fileio import put_text

from .people import People


def write_results(people: People, path: str) -> None:
    """Write people as MMPose does, to the byte.

    Python's encoder in C does not indent. But it takes any separator, so that
    a flat list can be made to look indented. What remains is the time that
    Python takes to find the shortest digits of a float.

    Args:
        people (People): Whom to write, in this order
        path (str): File to write, with its folder, on any of MMEngine's
            file systems
    """
    flat = json.JSONEncoder(separators=(',\n            ', ': ')).encode
    plain = json.JSONEncoder().encode
    keypoints = [points.ravel().tolist() for points in people.keypoints]
    scores = people.scores.astype(np.float64).tolist()
    boxes = [''] * len(people)
    if people.boxes is not None:
        boxes = [
            f'"bbox": [\n            {flat(box)[1:-1]}\n        ],\n        '
            for box in people.boxes.tolist()
        ]
    records = [
        f'    {{\n        {box}"category_id": {plain(category)},\n'
        f'        "image_id": {plain(image)},\n'
        f'        "keypoints": [\n            {flat(points)[1:-1]}\n'
        f'        ],\n        "score": {plain(score)}\n    }}'
        for box, category, image, points, score in zip(
            boxes,
            people.category_ids,
            people.image_ids,
            keypoints,
            scores,
            strict=True,
        )
    ]
    text = ',\n'.join(records)
    put_text(f'[\n{text}\n]' if records else '[]', path)
