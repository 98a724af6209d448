"""Draw keypoints with NumPy 2.4.

MMPose's visualizer gives OpenCV the radius of a keypoint as an array of one
number, and NumPy 2.4 does not convert such an array: "TypeError: only
0-dimensional arrays can be converted to Python scalars". Every picture of a
validation with ``--show-dir`` fails then, and MMPose's own scripts.
"""

import functools

import numpy as np
from mmpose.visualization.opencv_backend_visualizer import (
    OpencvBackendVisualizer,
)

stock_draw_circles = OpencvBackendVisualizer.draw_circles


def install() -> None:
    """Let MMPose's visualizer take the number out of the array."""
    OpencvBackendVisualizer.draw_circles = _draw_circles


@functools.wraps(stock_draw_circles)
def _draw_circles(
    self: OpencvBackendVisualizer,
    center: np.ndarray,
    radius: np.ndarray,
    *args: object,
    **kwargs: object,
) -> None:
    # Matplotlib, the other backend, takes one radius for each circle
    if self.backend == 'opencv':
        radius = np.asarray(radius).item()
    stock_draw_circles(self, center, radius, *args, **kwargs)
