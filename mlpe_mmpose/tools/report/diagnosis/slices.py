"""Average precision on parts of the annotated people."""

import dataclasses
from collections.abc import Callable

import numpy as np

from .findings import Slice
from .ground_truth import GroundTruth

# squared pixels (COCO)
MEDIUM, LARGE = 32**2, 96**2
# ours: the shares of labelled keypoints that are visible
VISIBLE = (
    ('all visible', 'every labelled keypoint is visible', 1.0, np.inf),
    ('mostly visible', 'half of them or more, not all', 0.5, 1.0),
    ('mostly covered', 'less than half of them', -np.inf, 0.5),
)
# CrowdPose's (Li et al., CVPR 2019), lower bound excluded
CROWDED = (
    ('easy', 'crowd index of the image up to 0.1', -np.inf, 0.1),
    ('medium', 'above 0.1 and up to 0.8', 0.1, 0.8),
    ('hard', 'above 0.8', 0.8, np.inf),
)


def by_size(truth: GroundTruth, metrics: dict[str, float]) -> tuple:
    """COCO's own sizes."""
    sizes = (
        (
            'medium',
            'an area of 32 x 32 to 96 x 96 pixels',
            'AP (M)',
            (MEDIUM, LARGE),
        ),
        ('large', 'an area from 96 x 96 pixels', 'AP (L)', (LARGE, np.inf)),
    )
    slices = []
    for name, description, metric, (low, high) in sizes:
        inside = (truth.areas >= low) & (truth.areas < high)
        ap = metrics[metric]
        slices.append(
            Slice(
                name,
                description,
                int((inside & counted(truth)).sum()),
                None if ap < 0 else ap,
            )
        )
    return tuple(slices)


def by_visibility(
    truth: GroundTruth, ap: Callable[[GroundTruth], float]
) -> tuple[Slice, ...]:
    """By the share of a person's labelled keypoints that are visible."""
    flags = truth.keypoints[..., 2]
    labelled = np.maximum((flags > 0).sum(1), 1)
    share = (flags > 1).sum(1) / labelled
    return tuple(
        part(truth, ap, name, text, (share >= low) & (share < high))
        for name, text, low, high in VISIBLE
    )


def by_crowding(
    truth: GroundTruth, ap: Callable[[GroundTruth], float]
) -> tuple[Slice, ...]:
    """By CrowdPose's crowd index of the image."""
    index = crowd_indices(truth)[truth.images]
    return tuple(
        part(truth, ap, name, text, (index > low) & (index <= high))
        for name, text, low, high in CROWDED
    )


def crowd_indices(truth: GroundTruth) -> np.ndarray:
    """CrowdPose's measure of every image.

    The mean, over an image's people, of the number of other people's
    keypoints in a person's box, relative to that of the person's own. Where
    nobody has a keypoint it is 0.

    Args:
        truth (GroundTruth): The annotated people

    Returns:
        np.ndarray: One an image, from 0.
    """
    indices = np.zeros(len(truth.image_ids))
    people = np.flatnonzero(counted(truth))
    for image in np.unique(truth.images[people]):
        rows = people[truth.images[people] == image]
        points, boxes = truth.keypoints[rows], truth.boxes[rows]
        low, high = boxes[:, :2], boxes[:, :2] + boxes[:, 2:]
        # (boxes, people, K)
        inside = (points[None, ..., :2] >= low[:, None, None]).all(-1)
        inside &= (points[None, ..., :2] <= high[:, None, None]).all(-1)
        counts = (inside & (points[None, ..., 2] > 0)).sum(-1)
        own = np.maximum(np.diag(counts), 1)
        indices[image] = ((counts.sum(1) - np.diag(counts)) / own).mean()
    return indices


def counted(truth: GroundTruth) -> np.ndarray:
    """(G,), who can be found: has keypoints, and is no crowd in a box."""
    return (truth.num_keypoints > 0) & (truth.crowds == 0)


def part(
    truth: GroundTruth,
    ap: Callable[[GroundTruth], float],
    name: str,
    description: str,
    inside: np.ndarray,
) -> Slice:
    """Evaluate some people, all others ignored.

    Args:
        truth (GroundTruth): All annotated people
        ap (callable): AP on an annotation
        name (str): Of the slice
        description (str): Who is in it
        inside (np.ndarray): (G,), whether a person is
    """
    number = int((inside & counted(truth)).sum())
    if not number:
        return Slice(name, description, 0, None)
    counts = np.where(inside, truth.num_keypoints, 0)
    found = ap(dataclasses.replace(truth, num_keypoints=counts))
    return Slice(name, description, number, found)
