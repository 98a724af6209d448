"""Gaussian windows as in OpenCV's ``GaussianBlur(map, (s, s), 0)``."""

from collections.abc import Sequence

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor


def blur_impulses(length: int, window: int) -> np.ndarray:
    """Blur a unit impulse at each cell of a line, with reflected borders.

    Args:
        length (int): Number of cells of the line
        window (int): Odd window in cells; OpenCV derives its sigma

    Returns:
        np.ndarray: (length, length), float64. Row c is the blurred impulse
        of cell c, scaled so that its value at cell c is 1.
    """
    # OpenCV reflects and blurs an image of one row in x only.
    rows = [
        cv2.GaussianBlur(impulse[None], (window, 1), 0)[0]
        for impulse in np.eye(length)
    ]
    return np.stack([row / row[cell] for cell, row in enumerate(rows)])


def sample_gaussians(
    centers: Tensor, length: int, windows: Sequence[int]
) -> Tensor:
    """Sample Gaussians of height 1 at the cells of a line.

    Args:
        centers (Tensor): (B, K), in cells, integers are the cells' centres
        length (int): Number of cells of the line
        windows (Sequence[int]): L odd windows; each one's sigma is
            ``0.3 * ((window - 1) * 0.5 - 1) + 0.8``, as OpenCV documents it

    Returns:
        Tensor: (L, B, K, length), on the device of ``centers``.
    """
    cells = torch.arange(length, device=centers.device)
    squares = (cells - centers.unsqueeze(-1)) ** 2
    sigmas = [0.3 * ((window - 1) * 0.5 - 1) + 0.8 for window in windows]
    return torch.stack(
        [torch.exp(squares * (-0.5 / sigma**2)) for sigma in sigmas]
    )


def blur_zero_padded(heatmaps: Tensor, window: int) -> Tensor:
    """Blur heatmaps as MMPose's ``gaussian_blur`` does, without its scale.

    MMPose's function scales each heatmap back to its former maximum.
    Decoding compares values of one heatmap and needs no such scale. Cells at
    the same distance are added before they are weighted, so that a mirrored
    heatmap gives exactly the mirrored result.

    Args:
        heatmaps (Tensor): (B, K, H, W), floating type
        window (int): Odd window in cells; OpenCV derives its sigma

    Returns:
        Tensor: (B, K, H, W).
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
