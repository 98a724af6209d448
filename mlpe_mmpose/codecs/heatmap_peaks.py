"""Find the maxima of heatmaps, with tensor operations that ONNX can hold."""

from collections.abc import Callable

import torch
from torch import Tensor

from .gaussian_window import blur_zero_padded


def find_peaks(
    heatmaps: Tensor, window: int, unbiased: bool = False
) -> tuple[Tensor, Tensor]:
    """Find the maxima of blurred heatmaps.

    Of equal maxima the first one counts, row by row.

    Args:
        heatmaps (Tensor): (B, K, H, W), float32
        window (int): Odd window of the blur
        unbiased (bool): How a maximum is placed in its cell. ``False``:
            :func:`quarter_step`, and integers are the cells' edges.
            ``True``: :func:`newton_step`, and integers are their centres

    Returns:
        tuple:
        - coordinates (Tensor): (B, K, 2), (x, y) in cells; minus one where a
          heatmap has no positive value
        - heights (Tensor): (B, K), the maxima before the blur
    """
    height, width = heatmaps.shape[-2:]
    heights = heatmaps.flatten(2).amax(-1)
    flat = blur_zero_padded(heatmaps, window).flatten(2)
    cell = flat.argmax(-1)

    def value_at(dx: int, dy: int) -> Tensor:
        """Read the heatmaps (dx, dy) cells beside their maxima, (B, K)."""
        index = (cell + dx + dy * width).clamp(0, width * height - 1)
        return flat.gather(-1, index.unsqueeze(-1)).squeeze(-1)

    x, y = cell % width, cell // width
    # The steps read one or two cells on each side of the maximum.
    border = 2 if unbiased else 1
    inside = (x >= border) & (x < width - border)
    inside = inside & (y >= border) & (y < height - border)
    step = newton_step if unbiased else quarter_step
    coordinates = torch.stack([x, y], -1) + step(value_at, inside)
    empty = ~(heights > 0).unsqueeze(-1)
    return coordinates.masked_fill(empty, -1.0), heights


def quarter_step(
    value_at: Callable[[int, int], Tensor], inside: Tensor
) -> Tensor:
    """Step half a cell, and a quarter to the higher neighbour (CPN, 2018).

    Args:
        value_at (callable): Reads the heatmaps beside their maxima
        inside (Tensor): (B, K), bool. Maxima elsewhere move half a cell only,
            as do maxima between equal neighbours

    Returns:
        Tensor: (B, K, 2), the step from the cell's edge, in cells.
    """
    slope = torch.stack(
        [
            value_at(1, 0) - value_at(-1, 0),
            value_at(0, 1) - value_at(0, -1),
        ],
        -1,
    )
    return 0.5 + 0.25 * (slope.sign() * inside.unsqueeze(-1))


def newton_step(
    value_at: Callable[[int, int], Tensor], inside: Tensor
) -> Tensor:
    """Make one Newton step on the logarithm (DARK, Zhang et al., CVPR 2020).

    The step is exact for a Gaussian. It is 0 where the logarithm has no
    maximum, and at most one cell long in x and in y.

    Args:
        value_at (callable): Reads the heatmaps beside their maxima
        inside (Tensor): (B, K), bool. Maxima elsewhere do not move

    Returns:
        Tensor: (B, K, 2), the step from the cell's centre, in cells.
    """

    def log_at(dx: int, dy: int) -> Tensor:
        """Take the logarithm of a value, bounded as in MMPose's DARK."""
        return value_at(dx, dy).clamp(min=1e-10).log()

    twice_middle = 2 * log_at(0, 0)
    slope_x = (log_at(1, 0) - log_at(-1, 0)) / 2
    slope_y = (log_at(0, 1) - log_at(0, -1)) / 2
    curve_x = (log_at(2, 0) - twice_middle + log_at(-2, 0)) / 4
    curve_y = (log_at(0, 2) - twice_middle + log_at(0, -2)) / 4
    twist = (log_at(1, 1) - log_at(1, -1) - log_at(-1, 1) + log_at(-1, -1)) / 4
    determinant = curve_x * curve_y - twist * twist
    # No cell is higher, so neither curve is positive.
    maximum = inside & (determinant > 0)
    divisor = torch.where(maximum, determinant, torch.ones_like(determinant))
    step_x = (twist * slope_y - curve_y * slope_x) / divisor * maximum
    step_y = (twist * slope_x - curve_x * slope_y) / divisor * maximum
    return torch.stack([step_x, step_y], -1).clamp(-1, 1)
