"""Suppression by object keypoint similarity, of many images at once.

MMPose's functions of the same names take one image, and compare one pair of
people after the other. These take the people of all images, put images of
equally many people side by side, and keep the same people in the same order:
the similarities are computed with the same operations in the same precision,
and sorted by the same algorithm, so that ties fall alike.

Note:
    - number of people in all images: M
    - number of images: I; of images that are handled together: B
    - number of people in each of these: N
    - number of keypoints: K
"""

from collections.abc import Iterator

import numpy as np

# ours: numbers in a temporary array, for it to stay in the processor's cache
CHUNK = 2**16


def oks_nms(
    keypoints: np.ndarray,
    areas: np.ndarray,
    scores: np.ndarray,
    sizes: np.ndarray,
    thr: float,
    sigmas: np.ndarray,
) -> np.ndarray:
    """Drop who resembles somebody of the same image with a higher score.

    Args:
        keypoints (np.ndarray): (M, K, 2), (x, y), image after image
        areas (np.ndarray): (M,), in squared units of ``keypoints``
        scores (np.ndarray): (M,)
        sizes (np.ndarray): (I,), number of people of each image; sum M
        thr (float): A similarity above it drops the lower score
        sigmas (np.ndarray): (K,), each keypoint's labelling uncertainty

    Returns:
        np.ndarray: Indices of the people to keep: image after image, within
        one by falling score.
    """
    ranked = np.empty(len(scores), dtype=np.intp)
    keep = np.ones(len(scores), dtype=bool)
    for slots in _equal_images(sizes, sigmas.size):
        order = scores[slots].argsort(axis=1)[:, ::-1]
        people = np.take_along_axis(slots, order, axis=1)
        alive = np.ones(people.shape, dtype=bool)
        points, extents = keypoints[people], areas[people]
        for first in range(people.shape[1] - 1):
            left = np.flatnonzero(alive[:, first])
            similarity = _similarity(points, extents, sigmas, left, first)
            # as MMPose puts it: not "> thr", which would keep a NaN
            alive[left, first + 1 :] &= similarity <= thr
        ranked[slots], keep[slots] = people, alive
    return ranked[keep]


def soft_oks_nms(
    keypoints: np.ndarray,
    areas: np.ndarray,
    scores: np.ndarray,
    sizes: np.ndarray,
    thr: float,
    sigmas: np.ndarray,
    max_dets: int = 20,
) -> np.ndarray:
    """Take the best of each image, lowering the scores of who resembles them.

    Args:
        keypoints (np.ndarray): (M, K, 2), (x, y), image after image
        areas (np.ndarray): (M,), in squared units of ``keypoints``
        scores (np.ndarray): (M,)
        sizes (np.ndarray): (I,), number of people of each image; sum M
        thr (float): Scores fall by ``exp(-similarity**2 / thr)``
        sigmas (np.ndarray): (K,), each keypoint's labelling uncertainty
        max_dets (int): Number of people to take of an image. Defaults to
            20, MMPose's

    Returns:
        np.ndarray: Indices of the people to keep: image after image, within
        one in the order in which they were taken.
    """
    ranked = np.empty(len(scores), dtype=np.intp)
    keep = np.zeros(len(scores), dtype=bool)
    for slots in _equal_images(sizes, sigmas.size):
        left = np.arange(len(slots))
        people, values = _by_score(slots, scores[slots])
        for taken in range(min(people.shape[1], max_dets)):
            ranked[slots[:, taken]] = people[:, 0]
            keep[slots[:, taken]] = True
            similarity = _similarity(
                keypoints[people], areas[people], sigmas, left, 0
            )
            values = values[:, 1:] * np.exp(-(similarity**2) / thr)
            people, values = _by_score(people[:, 1:], values)
    return ranked[keep]


def _by_score(
    people: np.ndarray, scores: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Both (B, N), each image's by falling score, ties as NumPy sorts them."""
    order = scores.argsort(axis=1)[:, ::-1]
    return (
        np.take_along_axis(people, order, axis=1),
        np.take_along_axis(scores, order, axis=1),
    )


def _equal_images(sizes: np.ndarray, num_keypoints: int) -> Iterator:
    """Yield the slots (B, N) of images with equally many people."""
    starts = np.cumsum(sizes) - sizes
    for size in np.unique(sizes[sizes > 0]):
        images = starts[sizes == size]
        step = max(1, CHUNK // int(size * num_keypoints))
        for first in range(0, len(images), step):
            yield images[first : first + step, None] + np.arange(size)


def _similarity(
    keypoints: np.ndarray,
    areas: np.ndarray,
    sigmas: np.ndarray,
    images: np.ndarray,
    first: int,
) -> np.ndarray:
    """Compare one person of each image with those behind.

    Args:
        keypoints (np.ndarray): (B, N, K, 2)
        areas (np.ndarray): (B, N)
        sigmas (np.ndarray): (K,)
        images (np.ndarray): Which of the B images, L indices
        first (int): The person's place among the N

    Returns:
        np.ndarray: (L, N - first - 1), 0 to 1, float32 as MMPose's.
    """
    keypoints, areas = keypoints[images, first:], areas[images, first:]
    distance = keypoints[:, 1:] - keypoints[:, :1]
    error = distance[..., 0] ** 2 + distance[..., 1] ** 2
    error = error / (sigmas * 2) ** 2
    # MMPose divides by a double, which NumPy 1 casts to the array's type and
    # NumPy 2 does not
    area = ((areas[:, 1:] + areas[:, :1]) / 2).astype(np.float64)
    area = area + np.spacing(1)
    area = area.astype(np.result_type(error, np.spacing(1)))
    error = error / area[..., None] / 2
    total = np.sum(np.exp(-error), axis=-1)
    return (total / error.shape[-1]).astype(np.float32)
