"""Poses in COCO's result format."""

from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from mlpe_mmpose.annotations.faults import read_json, refuse_faults
from mlpe_mmpose.annotations.rules import find_pose_faults

# CocoMetric's default: keypoints with a lower score do not count in the
# score of the person
SCORE_THRESHOLD = 0.2


def to_results(
    image_id: int,
    boxes: np.ndarray,
    keypoints: np.ndarray,
    scores: np.ndarray,
) -> list[dict[str, Any]]:
    """Return the people of an image in COCO's result format.

    The score of a person is that of MMPose's ``CocoMetric``: the score of the
    box times the mean score of the keypoints above 0.2.

    Args:
        image_id (int): Id of the image
        boxes (np.ndarray): (N, 5), left, top, right, bottom in pixels, score
        keypoints (np.ndarray): (N, K, 2), (x, y) in pixels
        scores (np.ndarray): (N, K), scores of the keypoints

    Returns:
        list[dict]: One for each person: ``image_id``, ``category_id`` 1,
        ``keypoints`` [x, y, score, ...], ``score`` and ``bbox`` [left, top,
        width, height].
    """
    results = []
    for box, points, row in zip(boxes, keypoints, scores, strict=True):
        counted = row[row > SCORE_THRESHOLD]
        mean = float(counted.mean()) if len(counted) else 0.0
        left, top, right, bottom, box_score = box.tolist()
        results.append(
            dict(
                image_id=image_id,
                category_id=1,
                keypoints=_round(np.column_stack([points, row]).flatten()),
                score=box_score * mean,
                bbox=_round([left, top, right - left, bottom - top]),
            )
        )
    return results


def _round(values: Iterable[float]) -> list[float]:
    """Round to thousandths of a pixel, which halves the file."""
    return [round(float(value), 3) for value in values]


def read_results(
    path: Path, image_ids: Collection, num_keypoints: int
) -> list[dict]:
    """Read the poses of a ``*.keypoints.json`` file.

    Args:
        path (Path): The file
        image_ids (Collection): The ids of the images that were tested on
        num_keypoints (int): Number K of keypoints of each pose

    Returns:
        list[dict]: Each with ``image_id``, ``category_id``, ``keypoints``, a
        list of 3K finite numbers, and ``score``.

    Raises:
        OSError: If the file cannot be read.
        ValueError: If it is no list of poses, an empty one, or a pose is not
            of these images and keypoints; the message names the pose.
    """
    poses = read_json(path)
    if not isinstance(poses, list) or not poses:
        kind = 'empty' if poses == [] else type(poses).__name__
        raise ValueError(
            f'{path} needs to be a list of detections, as `mim test` writes '
            f'it with test_evaluator.outfile_prefix; it is {kind}.'
        )
    refuse_faults(path, find_pose_faults(poses, image_ids, num_keypoints))
    return poses


def fit_categories(
    path: Path, poses: Sequence[dict], category_ids: Iterable[int]
) -> None:
    """Give poses the category of the annotated people.

    A metric compares the poses of a category with its people only, and
    ``predict`` writes 1 for each person.

    Args:
        path (Path): The file of the poses, for the message
        poses (Sequence[dict]): The poses, which are changed if the people are
            all of one category, and no pose is
        category_ids (Iterable[int]): Those of the annotated people

    Raises:
        ValueError: If the people are of several categories, and a pose is of
            none of them.
    """
    known = set(category_ids)
    if len(known) == 1:
        if known.isdisjoint(pose['category_id'] for pose in poses):
            for pose in poses:
                (pose['category_id'],) = known
        return
    for position, pose in enumerate(poses):
        if known and pose['category_id'] not in known:
            raise ValueError(
                f'{path}, the pose at position {position} (from 0): '
                f"'category_id' is {pose['category_id']!r}, and the "
                f'annotated people have {sorted(known)}. Only a pose of the '
                'same category can be right.'
            )
