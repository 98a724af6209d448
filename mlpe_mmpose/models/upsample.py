"""The two ways in which a feature map doubles its size."""

from collections.abc import Sequence

import torch.nn.functional as F
from mmcv.cnn import ConvModule, build_activation_layer, build_norm_layer
from mmpose.utils.typing import ConfigType, OptConfigType
from torch import Tensor, nn

MODES = ('deconv', 'bilinear')
# of the convolutions: normal with std sqrt(2 / (k * k * out_channels))
RELEASE_INIT = dict(type='Kaiming', layer='Conv2d', mode='fan_out')


def check_stage_options(
    owner: object, upsample: str, norm_cfg: OptConfigType
) -> None:
    """Check the options of upsampling stages, before any layer is built.

    Args:
        owner (object): Module to be built; the message names its class
        upsample (str): Has to be one of ``MODES``
        norm_cfg (Config, optional): Must not be ``None``

    Raises:
        ValueError: If one of the options is not as above.
    """
    name = owner.__class__.__name__
    if upsample not in MODES:
        raise ValueError(
            f'{name} needs upsample to be one of {MODES}, got '
            f'upsample={upsample!r}.'
        )
    if norm_cfg is None:
        raise ValueError(
            f'{name} needs a normalisation, because its convolutions have no '
            "bias: norm_cfg=dict(type='BN'), for example, got norm_cfg=None."
        )


def build_activation(act_cfg: OptConfigType) -> nn.Module:
    """Build an activation; ``None`` gives the identity."""
    return build_activation_layer(act_cfg) if act_cfg else nn.Identity()


class DeconvStage(nn.Module):
    """Double the size by a transposed convolution, then normalise.

    A transposed convolution 4x4 of stride 2 (as in Simple Baselines, 2018),
    whose output is cropped to the wanted size: a backbone rounds odd sizes
    up, so twice the coarse size can be one more than the fine size.

    Args:
        in_channels (int): Channels of the input
        out_channels (int): Channels of the output
        norm_cfg (Config): Normalisation
        act_cfg (Config, optional): Activation after the normalisation
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        norm_cfg: ConfigType,
        act_cfg: OptConfigType,
    ) -> None:
        super().__init__()
        self.deconv = nn.ConvTranspose2d(
            in_channels, out_channels, 4, stride=2, padding=1, bias=False
        )
        # the norm's attribute is named as in ConvModule: `bn` for BN
        self.norm_name, norm = build_norm_layer(norm_cfg, out_channels)
        self.add_module(self.norm_name, norm)
        self.activate = build_activation(act_cfg)

    def forward(self, x: Tensor, size: tuple[int, int]) -> Tensor:
        """Upsample ``x`` (B, C, h, w) to ``size`` (H, W), double or 1 less."""
        assert all(
            2 * coarse - 1 <= fine <= 2 * coarse
            for coarse, fine in zip(x.shape[-2:], size, strict=True)
        ), (
            f'{self.__class__.__name__} doubles a size, or gives one less for '
            f'an odd size, got {tuple(x.shape[-2:])} (height, width) to bring '
            f'to {tuple(size)}. Use a backbone whose maps halve from stage to '
            "stage and round odd sizes up, or upsample='bilinear'."
        )
        norm = getattr(self, self.norm_name)
        x = self.activate(norm(self.deconv(x)))
        return x[..., : size[0], : size[1]]


class BilinearStage(ConvModule):
    """Mix the channels and resize bilinearly, as in CPN (2018).

    CPN resizes first. A convolution 1x1 and a resizing give the same in
    either order, and the convolution is cheaper on the smaller map.

    The arguments are those of :class:`DeconvStage`.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        norm_cfg: ConfigType,
        act_cfg: OptConfigType,
    ) -> None:
        super().__init__(
            in_channels, out_channels, 1, norm_cfg=norm_cfg, act_cfg=act_cfg
        )

    def forward(self, x: Tensor, size: tuple[int, int]) -> Tensor:
        """Upsample ``x`` (B, C, h, w) to ``size`` (H, W)."""
        x = self.norm(resize(self.conv(x), size))
        return self.activate(x) if self.with_activation else x


class ResizingConv2d(nn.Conv2d):
    """A convolution 1x1 of maps that are resized to the first and joined.

    It has the parameters and the result of a convolution of the joined maps.
    Each map meets its own part of the weights before it is resized, which is
    cheaper, see :class:`BilinearStage`.
    """

    def forward(self, feats: Sequence[Tensor]) -> Tensor:
        """Convolve maps (B, C_i, h_i, w_i) to the size of the first."""
        finest, *others = feats
        end = finest.shape[1]
        x = F.conv2d(finest, self.weight[:, :end], self.bias)
        for feat in others:
            start, end = end, end + feat.shape[1]
            part = F.conv2d(feat, self.weight[:, start:end])
            x = x + resize(part, x.shape[-2:])
        return x


def resize(x: Tensor, size: tuple[int, int]) -> Tensor:
    """Resize bilinearly, corners aligned as everywhere in MLPE and CPN."""
    return F.interpolate(x, size=size, mode='bilinear', align_corners=True)
