"""Checks detected boxes against annotated people."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from mlpe_mmpose.annotations.suspicions import describe_boxes

from ..person_boxes import PERSON
from .finding import Finding

# Our choices: from this overlap on, a box finds a person, as in COCO's AP50;
# a detector that finds fewer people than this share has not seen them.
IOU, RECALL = 0.5, 0.5


def check_boxes(
    detections: Sequence[dict],
    people: Sequence[dict],
    images: Mapping[object, dict],
) -> Iterator[Finding]:
    """Find out whether boxes can be those of the annotated people.

    Args:
        detections (Sequence[dict]): Detections without a fault
        people (Sequence[dict]): Annotations with a box
        images (Mapping[object, dict]): The images by their ids
    """
    others = [d for d in detections if d['category_id'] != PERSON]
    if others:
        what = f"detections are left out: their 'category_id' is not {PERSON}"
        is_error = len(others) == len(detections)
        yield Finding(is_error, len(others), what, str(others[0]))
    boxes = np.array([d['bbox'] for d in detections], dtype=np.float64)
    rows, sizes = {}, []
    for row, detection in enumerate(detections):
        rows.setdefault(detection['image_id'], []).append(row)
        image = images[detection['image_id']]
        sizes.append((image['width'], image['height']))
    for is_error, what, found in describe_boxes(boxes, np.array(sizes)):
        # a detector's boxes often reach a little beyond the image
        if is_error:
            example = str(detections[found.argmax()])
            yield Finding(
                is_error, found.sum(), f'detections: {what}', example
            )
    missed = [
        person['id']
        for person in people
        if not _is_found(person, boxes[rows.get(person['image_id'], [])])
    ]
    if len(missed) > (1 - RECALL) * len(people):
        what = (
            f'people of {len(people)} have no detection with an IoU of {IOU}: '
            'are the boxes of another data set?'
        )
        yield Finding(True, len(missed), what, f'annotation {missed[0]}')


def _is_found(person: dict, boxes: np.ndarray) -> bool:
    """Whether one of boxes (M, 4) overlaps a person's; all [x, y, w, h]."""
    low, side = np.array(person['bbox']).reshape(2, 2)
    high = np.minimum(low + side, boxes[:, :2] + boxes[:, 2:])
    overlap = (high - np.maximum(low, boxes[:, :2])).clip(min=0).prod(axis=1)
    union = side.prod() + boxes[:, 2:].prod(axis=1) - overlap
    return bool((overlap > IOU * union).any())
