"""Coarse heatmaps, one set a level."""

from mmcv.cnn import ConvModule
from mmengine.model import BaseModule
from torch import Tensor, nn

from ..upsample import resize


class LevelPredictors(BaseModule):
    """Predict heatmaps at every level (GlobalNet's outputs in CPN, 2018).

    Args:
        num_levels (int): Number of levels
        in_channels (int): Channels of each feature map
        out_channels (int): Number of keypoints, K
        kernel_size (int): Odd kernel of the last convolution
    """

    def __init__(
        self,
        num_levels: int,
        in_channels: int,
        out_channels: int,
        kernel_size: int,
    ) -> None:
        # the release: normal with std sqrt(2 / (k * k * out_channels))
        super().__init__(dict(type='Kaiming', layer='Conv2d', mode='fan_out'))
        # coarse to fine
        self.convs = nn.ModuleList(
            nn.Sequential(
                ConvModule(
                    in_channels, in_channels, 1, norm_cfg=dict(type='BN')
                ),
                nn.Conv2d(
                    in_channels,
                    out_channels,
                    kernel_size,
                    padding=kernel_size // 2,
                    bias=False,
                ),
            )
            for _ in range(num_levels)
        )
        self.norms = nn.ModuleList(
            nn.BatchNorm2d(out_channels) for _ in range(num_levels)
        )

    def forward(self, feats: tuple[Tensor, ...]) -> list[Tensor]:
        """Predict the heatmaps of all levels.

        Args:
            feats (tuple[Tensor]): Feature maps, fine to coarse

        Returns:
            list[Tensor]: Heatmaps, coarse to fine, each (B, K, H, W), the
            size of the finest map.
        """
        size = feats[0].shape[-2:]
        return [
            norm(resize(conv(feat), size))
            for conv, norm, feat in zip(
                self.convs, self.norms, reversed(feats), strict=True
            )
        ]
