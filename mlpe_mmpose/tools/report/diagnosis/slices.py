"""Average precision on subsets of the annotated people."""

import dataclasses
from collections.abc import Callable

import numpy as np

from .findings import Slice
from .ground_truth import GroundTruth

# Each group: limits of a value, and the slices from the smallest value on.
# COCO's sizes, in squared pixels; COCO has no AP of smaller people
SIZE_LIMITS = (32**2, 96**2)
SIZES = (
    ('medium', 'an area of 32 x 32 to 96 x 96 pixels', 'AP (M)'),
    ('large', 'an area from 96 x 96 pixels', 'AP (L)'),
)
# our choice: ranges of the share of labelled keypoints that are visible
VISIBLE_LIMITS = (0.5, 1.0)
VISIBLE = (
    ('mostly covered', 'less than half of them'),
    ('mostly visible', 'half of them or more, not all'),
    ('all visible', 'every labelled keypoint is visible'),
)
# the ranges of CrowdPose (Li et al., CVPR 2019)
CROWDED_LIMITS = (0.1, 0.8)
CROWDED = (
    ('easy', 'crowd index of the image up to 0.1'),
    ('medium', 'above 0.1 and up to 0.8'),
    ('hard', 'above 0.8'),
)


def slice_people(
    truth: GroundTruth,
    metrics: dict[str, float],
    compute_ap: Callable[[GroundTruth], float],
) -> dict[str, tuple[Slice, ...]]:
    """Evaluate by size, visibility and crowding.

    Args:
        truth (GroundTruth): All annotations
        metrics (dict[str, float]): COCO's metrics on all annotations
        compute_ap (callable): Computes AP on annotations

    Returns:
        dict[str, tuple[Slice]]: Slices by ``'size'``, by ``'visibility'``,
        which is the share of the labelled keypoints that are visible, and by
        ``'crowding'``, which is the crowd index of the image.
    """

    def evaluate(
        name: str, text: str, inside: np.ndarray, ap: float | None = None
    ) -> Slice:
        # all annotations outside of the slice are ignored
        counts = np.where(inside, truth.num_keypoints, 0)
        part = dataclasses.replace(truth, num_keypoints=counts)
        number = int(part.evaluated.sum())
        if ap is None and number:
            ap = compute_ap(part)
        return Slice(name, text, number, ap if number else None)

    sizes = np.digitize(truth.areas, SIZE_LIMITS)
    flags = truth.keypoints[..., 2]
    share = (flags > 1).sum(1) / np.maximum((flags > 0).sum(1), 1)
    visibility = np.digitize(share, VISIBLE_LIMITS)
    index = compute_crowd_indices(truth)[truth.images]
    crowding = np.digitize(index, CROWDED_LIMITS, right=True)
    return dict(
        size=tuple(
            evaluate(name, text, sizes == size, metrics[metric])
            for size, (name, text, metric) in enumerate(SIZES, start=1)
        ),
        visibility=tuple(
            evaluate(*names, visibility == number)
            for number, names in reversed([*enumerate(VISIBLE)])
        ),
        crowding=tuple(
            evaluate(*names, crowding == number)
            for number, names in enumerate(CROWDED)
        ),
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
