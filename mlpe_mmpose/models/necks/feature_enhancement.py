"""Pooled context for the coarsest level."""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from mmcv.cnn import ConvModule
from mmpose.utils.typing import OptConfigType
from torch import Tensor, nn

from ..upsample import resize


class FeatureEnhancement(nn.Module):
    """The residual feature augmentation of AugFPN (2020).

    The map is pooled to a few small sizes; each pooled map is reduced,
    resized back, and added with its own weight in every cell.

    Args:
        in_channels (int): Channels of the map
        out_channels (int): Channels of the context
        pool_ratios (Sequence[float]): Sizes of the pooled maps relative to
            the map, each in (0, 1]
        act_cfg (Config, optional): Activation between the convolutions that
            compute the weights

    Raises:
        ValueError: If a ratio is out of range, or there is none.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        pool_ratios: Sequence[float],
        act_cfg: OptConfigType = dict(type='ReLU', inplace=True),
    ) -> None:
        super().__init__()
        if not pool_ratios or any(not 0 < r <= 1 for r in pool_ratios):
            raise ValueError(
                f'{self.__class__.__name__} needs pool_ratios greater than 0 '
                f'and at most 1, got pool_ratios={pool_ratios}.'
            )
        num_pools = len(pool_ratios)
        self.pool_ratios = tuple(pool_ratios)
        self.reduces = nn.ModuleList(
            nn.Conv2d(in_channels, out_channels, 1) for _ in pool_ratios
        )
        self.weigh = nn.Sequential(
            ConvModule(
                num_pools * out_channels, out_channels, 1, act_cfg=act_cfg
            ),
            nn.Conv2d(out_channels, num_pools, 3, padding=1),
            nn.Sigmoid(),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Compute the context of ``x`` (B, C, h, w): (B, D, h, w)."""
        # The release hard-codes (12, 9) here, which fits only 384x288.
        height, width = x.shape[-2:]
        contexts = []
        for ratio, reduce in zip(self.pool_ratios, self.reduces, strict=True):
            size = (max(1, int(ratio * height)), max(1, int(ratio * width)))
            pooled = reduce(F.adaptive_avg_pool2d(x, size))
            contexts.append(resize(pooled, (height, width)))
        weights = self.weigh(torch.cat(contexts, dim=1)).split(1, dim=1)
        return sum(w * c for w, c in zip(weights, contexts, strict=True))
