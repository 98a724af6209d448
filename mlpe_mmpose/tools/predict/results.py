"""Poses in COCO's result format."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from .frames import Frame

# CocoMetric's default: keypoints with a lower score do not count in the
# score of the person
SCORE_THRESHOLD = 0.2


def to_results(frame: Frame) -> list[dict[str, Any]]:
    """Return the people of a frame in COCO's result format.

    The score of a person is that of MMPose's ``CocoMetric``: the score of the
    box times the mean score of the keypoints above 0.2.

    Args:
        frame (Frame): A frame with its poses

    Returns:
        list[dict]: One for each person: ``image_id``, ``category_id`` 1,
        ``keypoints`` [x, y, score, ...], ``score``, ``bbox`` [left, top,
        width, height] and, over a video with tracks, ``track_id``.
    """
    results = []
    for person, box in enumerate(frame.boxes):
        scores = frame.scores[person]
        counted = scores[scores > SCORE_THRESHOLD]
        mean = float(counted.mean()) if len(counted) else 0.0
        left, top, right, bottom, box_score = box.tolist()
        triplets = np.column_stack([frame.keypoints[person], scores])
        result = dict(
            image_id=frame.image_id,
            category_id=1,
            keypoints=_round(triplets.flatten()),
            score=box_score * mean,
            bbox=_round([left, top, right - left, bottom - top]),
        )
        if frame.track_ids is not None:
            result['track_id'] = int(frame.track_ids[person])
        results.append(result)
    return results


def _round(values: Iterable[float]) -> list[float]:
    """Round to thousandths of a pixel, which halves the file."""
    return [round(float(value), 3) for value in values]
