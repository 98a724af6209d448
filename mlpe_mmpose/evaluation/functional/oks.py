"""Object keypoint similarity between predictions and ground truth.

Note:
    - number of predicted people: D
    - number of annotated people: G
    - number of compared pairs: P
    - number of keypoints: K
"""

import numpy as np

# ours: pairs compared at once, for temporaries to stay in the cache
CHUNK = 2**12


def image_oks(
    keypoints: np.ndarray,
    truth: np.ndarray,
    boxes: np.ndarray,
    areas: np.ndarray,
    sigmas: np.ndarray,
    pairs: np.ndarray,
) -> np.ndarray:
    """Compute what COCO's evaluation does for each image, for all at once.

    To the last bit, because matching compares the values: whoever resembles
    two annotated people equally goes to the later.

    Args:
        keypoints (np.ndarray): (D, K, 2), predicted (x, y) in pixels
        truth (np.ndarray): (G, K, 3), (x, y, v); v is 0 where not labelled
        boxes (np.ndarray): (G, 4), [x, y, w, h]. People without a labelled
            keypoint are compared by how far keypoints lie outside of their
            box, thrice as wide and high
        areas (np.ndarray): (G,), that of an annotated person in pixels
        sigmas (np.ndarray): (K,), each keypoint's labelling uncertainty
        pairs (np.ndarray): (P, 2), the (prediction, annotation) to compare

    Returns:
        np.ndarray: (P,), the similarities, 0 to 1, float64.
    """
    labelled = truth[..., 2] > 0
    counts = labelled.sum(axis=1)
    variances = (sigmas * 2) ** 2
    scales = areas + np.spacing(1)
    similarities = np.empty(len(pairs))
    # equally many labelled keypoints make rectangular arrays, whose rows
    # NumPy sums as it does single ones
    for rows in _rows_of_equal_count(counts[pairs[:, 1]]):
        people, persons = pairs[rows].T
        columns = np.nonzero(labelled[persons])[1].reshape(len(rows), -1)
        if columns.size:
            distance = (
                keypoints[people[:, None], columns]
                - truth[persons[:, None], columns, :2]
            )
        else:
            columns = np.arange(len(sigmas))[None]
            distance = _outside(keypoints[people], boxes[persons])
        error = distance[..., 0] ** 2 + distance[..., 1] ** 2
        error = error / variances[columns] / scales[persons, None] / 2
        similarities[rows] = np.sum(np.exp(-error), axis=1) / error.shape[1]
    return similarities


def _rows_of_equal_count(counts: np.ndarray) -> list[np.ndarray]:
    """Indices of equal counts, in chunks."""
    return [
        rows[first : first + CHUNK]
        for count in np.unique(counts)
        for rows in [np.flatnonzero(counts == count)]
        for first in range(0, len(rows), CHUNK)
    ]


def _outside(keypoints: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """Distances (P, K, 2) of keypoints from boxes, thrice as wide and high."""
    low = (boxes[:, :2] - boxes[:, 2:])[:, None]
    high = (boxes[:, :2] + boxes[:, 2:] * 2)[:, None]
    return np.maximum(0, low - keypoints) + np.maximum(0, keypoints - high)
