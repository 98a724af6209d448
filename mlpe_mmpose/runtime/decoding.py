"""Heatmaps to keypoints in NumPy, as our two codecs do it."""

import cv2
import numpy as np


def decode(
    heatmaps: np.ndarray,
    window: int,
    peak: float,
    input_size: tuple[int, int],
) -> tuple[np.ndarray, np.ndarray]:
    """Find the maxima of blurred heatmaps; see ``MLPEHeatmap.batch_decode``.

    Additions and products come in the codec's order, so that the results
    are equal and not only close: near a tie, a rounding would move a
    keypoint. Of equal maxima the first counts, row by row.

    Args:
        heatmaps (np.ndarray): (B, K, H, W), float32
        window (int): Odd window of the blur, in cells
        peak (float): Height of a perfect peak
        input_size (tuple[int, int]): Size of a crop in [w, h]

    Returns:
        tuple:
        - keypoints (np.ndarray): (B, K, 2), float32, (x, y) in pixels of
          the crop; minus one cell where a map has no positive value
        - scores (np.ndarray): (B, K), float32, height / peak + 0.5
    """
    height, width = heatmaps.shape[-2:]
    flat = heatmaps.reshape(*heatmaps.shape[:2], height * width)
    heights = flat.max(-1)
    flat = _blur(heatmaps, window).reshape(flat.shape)
    cell = flat.argmax(-1)
    x, y = cell % width, cell // width

    inside = (x > 0) & (x < width - 1) & (y > 0) & (y < height - 1)

    def step(offset: int) -> np.ndarray:
        """Sign of the slope at the maximum, in cells of one axis."""
        before = (cell - offset).clip(0)[..., None]
        after = (cell + offset).clip(max=height * width - 1)[..., None]
        slope = np.take_along_axis(flat, after, -1)
        slope -= np.take_along_axis(flat, before, -1)
        return np.sign(slope[..., 0]) * inside

    # a quarter cell (CPN, testing details), then to the cell's middle
    places = np.stack([x, y], -1).astype(np.float32) + np.float32(0.5)
    places += np.float32(0.25) * np.stack([step(1), step(width)], -1)
    places[~(heights > 0)] = -1
    stride = np.float32(input_size[0] / width)
    return places * stride, heights / np.float32(peak) + np.float32(0.5)


def decode_unbiased(
    heatmaps: np.ndarray,
    window: int,
    peak: float,
    input_size: tuple[int, int],
) -> tuple[np.ndarray, np.ndarray]:
    """Find maxima between the cells, as ``UnbiasedMLPEHeatmap`` does.

    Args:
        heatmaps (np.ndarray): (B, K, H, W), float32
        window (int): Odd window of the blur, in cells
        peak (float): Height of a perfect peak
        input_size (tuple[int, int]): Size of a crop in [w, h]

    Returns:
        tuple:
        - keypoints (np.ndarray): (B, K, 2), float32, (x, y) in pixels of
          the crop; left of and above it where a map has no positive value
        - scores (np.ndarray): (B, K), float32, height / peak + 0.5
    """
    height, width = heatmaps.shape[-2:]
    flat = heatmaps.reshape(*heatmaps.shape[:2], height * width)
    heights = flat.max(-1)
    flat = _blur(heatmaps, window).reshape(flat.shape)
    cell = flat.argmax(-1)
    x, y = cell % width, cell // width
    inside = (x > 1) & (x < width - 2) & (y > 1) & (y < height - 2)

    # the logarithms of 5 x 5 cells around each maximum
    reach = np.arange(-2, 3)
    there = cell[..., None, None] + reach[:, None] * width + reach
    there = there.clip(0, height * width - 1).reshape(*cell.shape, 25)
    near = np.log(np.take_along_axis(flat, there, -1).clip(1e-10))
    step = _newton_step(near.reshape(*cell.shape, 5, 5), inside)

    places = np.stack([x, y], -1).astype(np.float32) + step
    places[~(heights > 0)] = -1
    stride = np.float32(input_size[0] / width)
    pixels = (places + np.float32(0.5)) * stride - np.float32(0.5)
    return pixels, heights / np.float32(peak) + np.float32(0.5)


def _newton_step(logs: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """From the middle of logarithms (..., 5, 5) to their maximum, (..., 2)."""
    slope_x = (logs[..., 2, 3] - logs[..., 2, 1]) / 2
    slope_y = (logs[..., 3, 2] - logs[..., 1, 2]) / 2
    middle = 2 * logs[..., 2, 2]
    curve_x = (logs[..., 2, 4] - middle + logs[..., 2, 0]) / 4
    curve_y = (logs[..., 4, 2] - middle + logs[..., 0, 2]) / 4
    twist = logs[..., 3, 3] - logs[..., 1, 3]
    twist = (twist - logs[..., 3, 1] + logs[..., 1, 1]) / 4
    determinant = curve_x * curve_y - twist * twist
    maximum = inside & (determinant > 0) & (curve_x < 0)
    divisor = np.where(maximum, determinant, np.float32(1))
    step_x = (twist * slope_y - curve_y * slope_x) / divisor * maximum
    step_y = (twist * slope_x - curve_x * slope_y) / divisor * maximum
    return np.stack([step_x, step_y], -1).clip(-1, 1)


def mirrored(
    heatmaps: np.ndarray, flip_indices: tuple[int, ...], shift: bool
) -> np.ndarray:
    """Bring the heatmaps of mirrored crops back to those of the crops.

    Args:
        heatmaps (np.ndarray): (B, K, H, W), of the mirrored crops
        flip_indices (tuple[int]): K, what a keypoint is when mirrored
        shift (bool): Whether all then move one cell to the right

    Returns:
        np.ndarray: The same shape, a new array.
    """
    back = heatmaps[:, list(flip_indices), :, ::-1]
    if shift:
        back = np.concatenate([back[..., :1], back[..., :-1]], -1)
    return back


def _blur(heatmaps: np.ndarray, window: int) -> np.ndarray:
    """Blur along x, then y, with zeros beyond the border."""
    radius = window // 2
    taps = cv2.getGaussianKernel(window, 0)[radius:, 0].astype(np.float32)
    for axis in (3, 2):
        around = [(0, 0)] * 4
        around[axis] = (radius, radius)
        padded = np.pad(heatmaps, around)
        before = (slice(None),) * axis
        size = heatmaps.shape[axis]
        heatmaps = taps[0] * heatmaps
        for distance in range(1, radius + 1):
            left, right = radius - distance, radius + distance
            pair = padded[(*before, slice(left, left + size))]
            pair = pair + padded[(*before, slice(right, right + size))]
            pair *= taps[distance]
            heatmaps += pair
    return heatmaps
