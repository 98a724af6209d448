"""Where heatmaps are highest, in tensors only, so that it can be exported."""

import torch
from torch import Tensor

from .gaussian_window import blur_zero_padded


def find_peaks(heatmaps: Tensor, window: int) -> tuple[Tensor, Tensor]:
    """Find the maxima of blurred heatmaps, as in CPN (2018).

    The maximum moves a quarter cell toward the higher neighbour in x and
    in y, unless its cell is on the border, then half a cell, to the
    middle of its cell. Of equal maxima the first counts, row by row; between
    equal neighbours nothing moves.

    Args:
        heatmaps (Tensor): (B, K, H, W), float32
        window (int): Odd window of the blur

    Returns:
        tuple:
        - places (Tensor): (B, K, 2), (x, y) in cells; minus one where a map
          has no positive value
        - heights (Tensor): (B, K), the maxima of the maps as they came
    """
    height, width = heatmaps.shape[-2:]
    heights = heatmaps.flatten(2).amax(-1)
    flat = blur_zero_padded(heatmaps, window).flatten(2)
    cell = flat.argmax(-1)
    x, y = cell % width, cell // width

    inside = (x > 0) & (x < width - 1) & (y > 0) & (y < height - 1)

    def step(offset: int) -> Tensor:
        """Sign of the slope at the maximum, in cells of one axis."""
        before = (cell - offset).clamp(min=0).unsqueeze(-1)
        after = (cell + offset).clamp(max=width * height - 1).unsqueeze(-1)
        slope = flat.gather(-1, after) - flat.gather(-1, before)
        return slope.squeeze(-1).sign() * inside

    # a quarter cell (CPN, testing details), then to the cell's middle
    middle = torch.stack([x, y], -1) + 0.5
    places = middle + 0.25 * torch.stack([step(1), step(width)], -1)
    nothing = ~(heights > 0).unsqueeze(-1)
    return places.masked_fill(nothing, -1.0), heights


def find_unbiased_peaks(
    heatmaps: Tensor, window: int
) -> tuple[Tensor, Tensor]:
    """Find the maxima of blurred heatmaps between the cells.

    A step of Newton's method on the logarithm, from the highest cell, as
    DARK (Zhang et al., CVPR 2020) makes it: exact for a Gaussian. There is
    no step in the two outermost cells, nor where the logarithm has no
    maximum, and none is longer than a cell.

    Args:
        heatmaps (Tensor): (B, K, H, W), float32
        window (int): Odd window of the blur

    Returns:
        tuple:
        - places (Tensor): (B, K, 2), (x, y) in cells, whole numbers at their
          middles; minus one where a map has no positive value
        - heights (Tensor): (B, K), the maxima of the maps as they came
    """
    height, width = heatmaps.shape[-2:]
    heights = heatmaps.flatten(2).amax(-1)
    flat = blur_zero_padded(heatmaps, window).flatten(2)
    cell = flat.argmax(-1)
    x, y = cell % width, cell // width
    inside = (x > 1) & (x < width - 2) & (y > 1) & (y < height - 2)

    def log_at(dx: int, dy: int) -> Tensor:
        """The logarithm at cells beside the highest ones."""
        there = (cell + dx + dy * width).clamp(0, width * height - 1)
        value = flat.gather(-1, there.unsqueeze(-1)).squeeze(-1)
        # MMPose's bound for its refine_keypoints_dark
        return value.clamp(min=1e-10).log()

    middle = 2 * log_at(0, 0)
    slope_x = (log_at(1, 0) - log_at(-1, 0)) / 2
    slope_y = (log_at(0, 1) - log_at(0, -1)) / 2
    curve_x = (log_at(2, 0) - middle + log_at(-2, 0)) / 4
    curve_y = (log_at(0, 2) - middle + log_at(0, -2)) / 4
    twist = (log_at(1, 1) - log_at(1, -1) - log_at(-1, 1) + log_at(-1, -1)) / 4
    determinant = curve_x * curve_y - twist * twist
    maximum = inside & (determinant > 0) & (curve_x < 0)
    divisor = torch.where(maximum, determinant, torch.ones_like(determinant))
    step_x = (twist * slope_y - curve_y * slope_x) / divisor * maximum
    step_y = (twist * slope_x - curve_x * slope_y) / divisor * maximum

    step = torch.stack([step_x, step_y], -1).clamp(-1, 1)
    places = torch.stack([x, y], -1) + step
    nothing = ~(heights > 0).unsqueeze(-1)
    return places.masked_fill(nothing, -1.0), heights
