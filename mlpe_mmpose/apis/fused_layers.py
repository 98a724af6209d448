"""Layers that compute what those of a trained model do, in less time."""

import torch
from mmpose.models.backbones.resnest import SplitAttentionConv2d
from mmpose.models.backbones.resnet import Bottleneck
from torch import Tensor, nn

from ..models.upsample import BilinearStage, resize


def faster(layer: nn.Module) -> nn.Module | None:
    """The faster equivalent of a layer whose normalisations are folded.

    Args:
        layer (nn.Module): Any layer

    Returns:
        nn.Module, optional: What to put in its place; ``None`` to leave it.
    """
    # exact types: a subclass may compute something else
    if type(layer) is SplitAttentionConv2d:
        return _SplitAttention(layer)
    if type(layer) is BilinearStage and _folded(layer.norm):
        return _EarlyMix(layer)
    if type(layer) is Bottleneck and _projects(layer):
        return _JoinedBottleneck(layer)
    return None


def _folded(*norms: nn.Module) -> bool:
    return all(isinstance(norm, nn.Identity) for norm in norms)


def _projects(block: Bottleneck) -> bool:
    """Whether two plain 1x1 convolutions read the block's input."""
    if not isinstance(block.downsample, nn.Sequential) or not _folded(
        block.norm1, *block.downsample[1:]
    ):
        return False
    return all(
        type(conv) is nn.Conv2d
        and conv.kernel_size == conv.stride == (1, 1)
        and conv.padding == (0, 0)
        and conv.groups == 1
        and conv.bias is not None
        for conv in (block.conv1, block.downsample[0])
    )


class _SplitAttention(nn.Module):
    """:class:`SplitAttentionConv2d` without a copy to channels first."""

    def __init__(self, layer: SplitAttentionConv2d) -> None:
        super().__init__()
        self.radix = layer.radix
        self.conv = nn.Sequential(layer.conv, layer.norm0, layer.relu)
        self.attend = nn.Sequential(
            layer.fc1, layer.norm1, layer.relu, layer.fc2
        )
        self.rsoftmax = layer.rsoftmax

    def forward(self, x: Tensor) -> Tensor:
        """Convolve ``x`` and weigh the splits: (B, C, h, w)."""
        x = self.conv(x)
        pooled = x.mean((2, 3), keepdim=True)
        weights = self.rsoftmax(
            self.attend(sum(pooled.chunk(self.radix, dim=1)))
        ).view(len(x), -1, 1, 1)
        out = 0
        for weight, split in zip(
            weights.chunk(self.radix, dim=1),
            x.chunk(self.radix, dim=1),
            strict=True,
        ):
            out = out + weight * split
        return out


class _EarlyMix(nn.Module):
    """:class:`BilinearStage`, channels mixed while the map is small."""

    def __init__(self, stage: BilinearStage) -> None:
        super().__init__()
        self.conv = stage.conv

    def forward(self, x: Tensor, size: tuple[int, int]) -> Tensor:
        """Upsample ``x`` (B, C, h, w) to ``size`` (H, W)."""
        # the weights of a resize add up to 1: biases pass it unchanged
        return resize(self.conv(x), size)


class _JoinedBottleneck(nn.Module):
    """:class:`Bottleneck` that reads its input once, not twice."""

    def __init__(self, block: Bottleneck) -> None:
        super().__init__()
        first, shortcut = block.conv1, block.downsample[0]
        self.widths = (first.out_channels, shortcut.out_channels)
        # without drawing weights, which would take random numbers
        self.joined = nn.utils.skip_init(
            nn.Conv2d, first.in_channels, sum(self.widths), 1
        )
        self.joined.weight = _joined(first.weight, shortcut.weight)
        self.joined.bias = _joined(first.bias, shortcut.bias)
        self.rest = nn.Sequential(
            block.relu,
            block.conv2,
            block.norm2,
            block.relu,
            block.conv3,
            block.norm3,
        )
        self.relu = block.relu

    def forward(self, x: Tensor) -> Tensor:
        """Transform ``x`` (B, C, h, w): (B, D, h, w)."""
        inner, shortcut = self.joined(x).split(self.widths, dim=1)
        return self.relu(self.rest(inner) + shortcut)


def _joined(*parameters: Tensor) -> nn.Parameter:
    return nn.Parameter(torch.cat(parameters), requires_grad=False)
