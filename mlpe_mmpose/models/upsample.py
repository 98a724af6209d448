"""The two ways in which a feature map doubles its size."""

import torch.nn.functional as F
from torch import Tensor, nn

MODES = ('deconv', 'bilinear')


def check_upsample(owner: object, upsample: str) -> None:
    """Reject an unknown mode, in the name of the class it was given to.

    Args:
        owner (object): The module under construction
        upsample (str): The mode

    Raises:
        ValueError: If the mode is not one of ``MODES``.
    """
    if upsample not in MODES:
        raise ValueError(
            f'{owner.__class__.__name__} needs upsample to be one of '
            f'{MODES}, got upsample={upsample!r}.'
        )


class DeconvStage(nn.Module):
    """Double the size by a transposed convolution, then normalise.

    A transposed convolution 4x4 of stride 2 (as in Simple Baselines, 2018),
    whose output is cropped to the wanted size: a backbone rounds odd sizes
    up, so twice the coarse size can be one more than the fine size.

    Args:
        channels (int): Channels of input and output
        relu (bool): Whether a ReLU follows the normalisation
    """

    def __init__(self, channels: int, relu: bool) -> None:
        super().__init__()
        self.deconv = nn.ConvTranspose2d(
            channels, channels, 4, stride=2, padding=1, bias=False
        )
        self.bn = nn.BatchNorm2d(channels)
        self.relu = nn.ReLU(inplace=True) if relu else nn.Identity()

    def forward(self, x: Tensor, size: tuple[int, int]) -> Tensor:
        """Upsample ``x`` (B, C, h, w) to ``size`` (H, W), at most double."""
        height, width = size
        fits = height <= 2 * x.shape[-2] and width <= 2 * x.shape[-1]
        assert fits, (
            f'{self.__class__.__name__} at most doubles a size, got '
            f'{tuple(x.shape[-2:])} (height, width) to bring to '
            f'{(height, width)}. Use a backbone that rounds odd sizes up, '
            "or upsample='bilinear'."
        )
        return self.relu(self.bn(self.deconv(x)))[..., :height, :width]


class BilinearStage(nn.Module):
    """Resize bilinearly, then mix the channels, as in CPN (2018).

    Args:
        channels (int): Channels of input and output
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 1, bias=False)
        self.bn = nn.BatchNorm2d(channels)

    def forward(self, x: Tensor, size: tuple[int, int]) -> Tensor:
        """Upsample ``x`` (B, C, h, w) to ``size`` (H, W)."""
        return self.bn(self.conv(resize(x, size)))


def resize(x: Tensor, size: tuple[int, int]) -> Tensor:
    """Resize bilinearly, corners aligned as everywhere in MLPE and CPN."""
    return F.interpolate(x, size=size, mode='bilinear', align_corners=True)
