"""The two ways in which a feature map doubles its size."""

import torch.nn.functional as F
from mmcv.cnn import build_activation_layer, build_norm_layer
from mmpose.utils.typing import ConfigType, OptConfigType
from torch import Tensor, nn

MODES = ('deconv', 'bilinear')


def check_upsample(owner: object, upsample: str) -> None:
    """Raise a ValueError if ``upsample`` is not one of ``MODES``.

    The message names the class of ``owner``, the module to be built.
    """
    if upsample not in MODES:
        raise ValueError(
            f'{owner.__class__.__name__} needs upsample to be one of '
            f'{MODES}, got upsample={upsample!r}.'
        )


def check_norm_cfg(owner: object, norm_cfg: OptConfigType) -> None:
    """Raise a ValueError if ``norm_cfg`` is ``None``.

    The message names the class of ``owner``, the module to be built.
    """
    if norm_cfg is None:
        raise ValueError(
            f'{owner.__class__.__name__} needs a normalisation, because its '
            "convolutions have no bias: norm_cfg=dict(type='BN'), for "
            'example, got norm_cfg=None.'
        )


def build_activation(act_cfg: OptConfigType) -> nn.Module:
    """Build an activation; ``None`` gives the identity."""
    return build_activation_layer(act_cfg) if act_cfg else nn.Identity()


class _NormalisedStage(nn.Module):
    """A stage whose norm has the name that ConvModule gives it (``bn``)."""

    def _add_norm(self, norm_cfg: ConfigType, channels: int) -> None:
        """Register the norm; the call's place sets the state dict's order."""
        self.norm_name, norm = build_norm_layer(norm_cfg, channels)
        self.add_module(self.norm_name, norm)

    @property
    def norm(self) -> nn.Module:
        """Return the normalisation."""
        return getattr(self, self.norm_name)


class DeconvStage(_NormalisedStage):
    """Double the size by a transposed convolution, then normalise.

    A transposed convolution 4x4 of stride 2 (as in Simple Baselines, 2018),
    whose output is cropped to the wanted size: a backbone rounds odd sizes
    up, so twice the coarse size can be one more than the fine size.

    Args:
        channels (int): Channels of input and output
        norm_cfg (Config): Normalisation
        act_cfg (Config, optional): Activation after the normalisation.
            Defaults to none
    """

    def __init__(
        self,
        channels: int,
        norm_cfg: ConfigType = dict(type='BN'),
        act_cfg: OptConfigType = None,
    ) -> None:
        super().__init__()
        self.deconv = nn.ConvTranspose2d(
            channels, channels, 4, stride=2, padding=1, bias=False
        )
        self._add_norm(norm_cfg, channels)
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
        x = self.activate(self.norm(self.deconv(x)))
        return x[..., : size[0], : size[1]]


class BilinearStage(_NormalisedStage):
    """Resize bilinearly, then mix the channels, as in CPN (2018).

    Args:
        channels (int): Channels of input and output
        norm_cfg (Config): Normalisation
    """

    def __init__(
        self, channels: int, norm_cfg: ConfigType = dict(type='BN')
    ) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 1, bias=False)
        self._add_norm(norm_cfg, channels)

    def forward(self, x: Tensor, size: tuple[int, int]) -> Tensor:
        """Upsample ``x`` (B, C, h, w) to ``size`` (H, W)."""
        return self.norm(self.conv(resize(x, size)))


def resize(x: Tensor, size: tuple[int, int]) -> Tensor:
    """Resize bilinearly, corners aligned as everywhere in MLPE and CPN."""
    return F.interpolate(x, size=size, mode='bilinear', align_corners=True)
