"""Export a Swin Transformer for any batch size.

MMPose counts the images of a batch by a division of floats. PyTorch's export
takes the result for a constant, and the graph then mixes the windows of the
images in every batch of another size than the traced one.
"""

from mmpose.models.backbones.swin import ShiftWindowMSA
from torch import Tensor


def install() -> None:
    """Let MMPose's Swin Transformer count the images in whole numbers."""
    ShiftWindowMSA.window_reverse = _window_reverse


def _window_reverse(
    self: ShiftWindowMSA, windows: Tensor, height: int, width: int
) -> Tensor:
    """Join windows (B * number, size, size, C) to maps (B, H, W, C)."""
    size, channels = self.window_size, windows.shape[-1]
    rows, columns = height // size, width // size
    windows = windows.view(-1, rows, columns, size, size, channels)
    return windows.transpose(2, 3).reshape(-1, height, width, channels)
