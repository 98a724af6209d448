"""Average precision on subsets of the annotated people."""

import dataclasses
from collections.abc import Callable

import numpy as np

from .findings import Slice
from .ground_truth import GroundTruth

# COCO's sizes, in squared pixels
SIZES = (
    ('medium', 'an area of 32 x 32 to 96 x 96 pixels', 'AP (M)', 32**2, 96**2),
    ('large', 'an area from 96 x 96 pixels', 'AP (L)', 96**2, np.inf),
)
# our choice: ranges of the share of labelled keypoints that are visible
VISIBLE = (
    ('all visible', 'every labelled keypoint is visible', 1.0, np.inf),
    ('mostly visible', 'half of them or more, not all', 0.5, 1.0),
    ('mostly covered', 'less than half of them', -np.inf, 0.5),
)
# the ranges of CrowdPose (Li et al., CVPR 2019), without the lower bound
CROWDED = (
    ('easy', 'crowd index of the image up to 0.1', -np.inf, 0.1),
    ('medium', 'above 0.1 and up to 0.8', 0.1, 0.8),
    ('hard', 'above 0.8', 0.8, np.inf),
)


def slice_by_size(
    truth: GroundTruth, metrics: dict[str, float]
) -> tuple[Slice, ...]:
    """Return the AP on COCO's medium and large people, from its metrics."""
    areas = truth.areas
    return tuple(
        _evaluate_slice(
            truth,
            lambda _, metric=metric: metrics[metric],
            name,
            text,
            (areas >= low) & (areas < high),
        )
        for name, text, metric, low, high in SIZES
    )


def slice_by_visibility(
    truth: GroundTruth, ap: Callable[[GroundTruth], float]
) -> tuple[Slice, ...]:
    """Evaluate by the share of the labelled keypoints that are visible."""
    flags = truth.keypoints[..., 2]
    labelled = np.maximum((flags > 0).sum(1), 1)
    share = (flags > 1).sum(1) / labelled
    return tuple(
        _evaluate_slice(truth, ap, name, text, (share >= low) & (share < high))
        for name, text, low, high in VISIBLE
    )


def slice_by_crowding(
    truth: GroundTruth, ap: Callable[[GroundTruth], float]
) -> tuple[Slice, ...]:
    """Evaluate by the crowd index of the image."""
    index = compute_crowd_indices(truth)[truth.images]
    return tuple(
        _evaluate_slice(truth, ap, name, text, (index > low) & (index <= high))
        for name, text, low, high in CROWDED
    )


def compute_crowd_indices(truth: GroundTruth) -> np.ndarray:
    """Compute the crowd index of every image, as CrowdPose defines it.

    For each person: the number of other people's keypoints in the person's
    box, divided by the number of the person's own keypoints in the box. The
    crowd index is the mean over the people of the image.

    Args:
        truth (GroundTruth): All annotations

    Returns:
        np.ndarray: (I,), from 0; 0 for an image without labelled keypoints.
    """
    indices = np.zeros(len(truth.image_ids))
    people = np.flatnonzero(truth.evaluated)
    for image in np.unique(truth.images[people]):
        rows = people[truth.images[people] == image]
        points, boxes = truth.keypoints[rows], truth.boxes[rows]
        low, high = boxes[:, :2], boxes[:, :2] + boxes[:, 2:]
        # shape (boxes, people, K)
        inside = (points[None, ..., :2] >= low[:, None, None]).all(-1)
        inside &= (points[None, ..., :2] <= high[:, None, None]).all(-1)
        counts = (inside & (points[None, ..., 2] > 0)).sum(-1)
        own = np.maximum(np.diag(counts), 1)
        indices[image] = ((counts.sum(1) - np.diag(counts)) / own).mean()
    return indices


def _evaluate_slice(
    truth: GroundTruth,
    ap: Callable[[GroundTruth], float],
    name: str,
    description: str,
    inside: np.ndarray,
) -> Slice:
    """Compute AP with all annotations outside of a slice ignored.

    Args:
        truth (GroundTruth): All annotations
        ap (callable): Computes AP on annotations
        name (str): Name of the slice
        description (str): Which people are in the slice
        inside (np.ndarray): (G,), whether an annotation is in the slice
    """
    counts = np.where(inside, truth.num_keypoints, 0)
    part = dataclasses.replace(truth, num_keypoints=counts)
    number = int(part.evaluated.sum())
    return Slice(name, description, number, ap(part) if number else None)
