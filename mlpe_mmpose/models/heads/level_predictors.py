"""Predictors of the coarse heatmaps, one for each level."""

from mmcv.cnn import ConvModule
from mmengine.model import BaseModule
from mmpose.utils.typing import ConfigType, OptConfigType, OptMultiConfig
from torch import Tensor, nn

from ..upsample import RELEASE_INIT, resize
from .heatmap_norm import build_heatmap_norm


class LevelPredictors(BaseModule):
    """Predict heatmaps at every level (GlobalNet's outputs in CPN, 2018).

    Args:
        num_levels (int): Number of levels
        in_channels (int): Channels of each feature map
        out_channels (int): Number of keypoints, K
        kernel_size (int): Odd kernel of the last convolution
        norm_cfg (Config): Normalisation; of the heatmaps see
            :func:`build_heatmap_norm`
        act_cfg (Config, optional): Activation
        init_cfg (Config, optional): Initialisation. Defaults to the
            release's
    """

    def __init__(
        self,
        num_levels: int,
        in_channels: int,
        out_channels: int,
        kernel_size: int,
        norm_cfg: ConfigType = dict(type='BN'),
        act_cfg: OptConfigType = dict(type='ReLU', inplace=True),
        init_cfg: OptMultiConfig = RELEASE_INIT,
    ) -> None:
        super().__init__(init_cfg)
        # coarse to fine
        self.convs = nn.ModuleList(
            nn.Sequential(
                ConvModule(
                    in_channels,
                    in_channels,
                    1,
                    norm_cfg=norm_cfg,
                    act_cfg=act_cfg,
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
            build_heatmap_norm(norm_cfg, out_channels)
            for _ in range(num_levels)
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
