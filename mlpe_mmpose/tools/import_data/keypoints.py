"""Keypoints of sleap-io with COCO's flags."""

import numpy as np


def read_keypoints(pose: object) -> np.ndarray:
    """Return the keypoints of a pose.

    Args:
        pose (sleap_io.Instance): A pose that a person has labelled

    Returns:
        np.ndarray: (K, 3), x, y in pixels, and COCO's flag: 0 not labelled,
        then at (0, 0), 1 hidden, 2 visible.
    """
    xy = np.asarray(pose.points['xy'], dtype=float)
    visible = np.asarray(pose.points['visible'])
    points = np.column_stack([xy, np.where(visible, 2, 1)])
    # A keypoint that a file of Label Studio does not name is hidden, and at
    # (0, 0), in sleap-io 0.9.5; one that other files leave out is at NaN.
    unnamed = ~visible & (xy == 0).all(1)
    points[unnamed | ~np.isfinite(xy).all(1)] = 0
    return points
