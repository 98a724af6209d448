"""Gaussian windows as OpenCV's ``GaussianBlur(map, (s, s), 0)`` has them."""

import cv2
import numpy as np
import torch.nn.functional as F
from torch import Tensor


def gaussian_rows(length: int, window: int) -> np.ndarray:
    """Blur every unit impulse of a line, its border reflected.

    Args:
        length (int): Cells of the line
        window (int): Odd window; its sigma is OpenCV's for that window

    Returns:
        np.ndarray: (length, length), float64. Row c is the blurred impulse
        at cell c, divided by its own value there, so the diagonal is 1.
    """
    impulses = np.eye(length)
    # a single row: OpenCV then reflects and blurs in x alone
    rows = [
        cv2.GaussianBlur(impulse[None], (window, 1), 0)[0]
        for impulse in impulses
    ]
    return np.stack([row / row[cell] for cell, row in enumerate(rows)])


def window_sigma(window: int) -> float:
    """The standard deviation that OpenCV's documentation gives a window.

    Args:
        window (int): Odd window, in cells
    """
    return 0.3 * ((window - 1) * 0.5 - 1) + 0.8


def blur_zero_padded(heatmaps: Tensor, window: int) -> Tensor:
    """Blur heatmaps as MMPose's ``gaussian_blur`` does, but for the peak.

    Mirrored taps are added before they are weighted, so that a mirrored map
    gives exactly the mirrored result, and a symmetric peak has no slope.

    Args:
        heatmaps (Tensor): (B, K, H, W), floating
        window (int): Odd window; its sigma is OpenCV's for that window

    Returns:
        Tensor: The same shape. MMPose's function scales each map back to
        its former maximum; maxima and signs of slopes need no such scale.
    """
    radius = window // 2
    taps = cv2.getGaussianKernel(window, 0)[radius:, 0].tolist()
    for dim in (-1, -2):
        size = heatmaps.shape[dim]
        pad = (radius, radius) if dim == -1 else (0, 0, radius, radius)
        padded = F.pad(heatmaps, pad)
        heatmaps = taps[0] * heatmaps
        for distance in range(1, radius + 1):
            before = padded.narrow(dim, radius - distance, size)
            after = padded.narrow(dim, radius + distance, size)
            heatmaps = heatmaps + taps[distance] * (before + after)
    return heatmaps
