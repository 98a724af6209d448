"""Non-maximum suppression by object keypoint similarity (OKS)."""

import numpy as np

CHUNK = 2**16  # our choice: numbers in an array that stays in the cache


def oks_nms(kpts_db: list[dict], thr: float, sigmas: np.ndarray) -> np.ndarray:
    """Suppress detections that resemble a higher-scored one of their image.

    MMPose's function of this name compares two detections at a time. This
    one compares arrays of detections, by the same operations in the same
    precision, and keeps the same detections.

    Args:
        kpts_db (list[dict]): Detections with ``keypoints`` in shape (K, 2)
            or with more columns, ``area`` in squared units of ``keypoints``,
            and ``score``
        thr (float): A detection is suppressed if its similarity, from 0 to
            1, to a detection that is kept is above this threshold
        sigmas (np.ndarray): (K,), labelling uncertainty of each keypoint

    Returns:
        np.ndarray: Indices of the detections to keep, highest score first.
    """
    order = np.array([d['score'] for d in kpts_db]).argsort()[::-1]
    points = np.array([d['keypoints'][:, :2] for d in kpts_db])[order]
    areas = np.array([d['area'] for d in kpts_db])[order]
    kept = np.ones(len(order), dtype=bool)
    step = max(1, CHUNK // points[..., 0].size)
    for start in range(0, len(order), step):
        rows = slice(start, start + step)
        distance = points - points[rows, None]
        error = distance[..., 0] ** 2 + distance[..., 1] ** 2
        error = error / (sigmas * 2) ** 2
        # MMPose divides by a float64 scalar: NumPy 1 casts it to the type of
        # the array, NumPy 2 does not
        area = ((areas + areas[rows, None]) / 2).astype(np.float64)
        area = area + np.spacing(1)
        area = area.astype(np.result_type(error, np.spacing(1)))
        error = error / area[..., None] / 2
        total = np.sum(np.exp(-error), axis=-1)
        # "<= thr", as in MMPose, is False for NaN
        differs = (total / error.shape[-1]).astype(np.float32) <= thr
        for row, rank in enumerate(range(len(order))[rows]):
            if kept[rank]:
                kept[rank + 1 :] &= differs[row, rank + 1 :]
    return order[kept]
