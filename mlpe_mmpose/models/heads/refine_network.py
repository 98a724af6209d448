"""The high-resolution fine-tuning network."""

import torch
from mmcv.cnn import build_norm_layer
from mmengine.model import BaseModule
from mmpose.models.backbones.resnet import Bottleneck
from mmpose.utils.typing import ConfigType, OptConfigType
from torch import Tensor, nn

from ..upsample import DeconvStage, ResizingConv2d, build_activation
from .heatmap_norm import build_heatmap_norm


def projected_bottleneck(
    in_channels: int,
    out_channels: int,
    norm_cfg: ConfigType,
    act_cfg: OptConfigType,
) -> Bottleneck:
    """Build a bottleneck whose shortcut is always a 1x1 convolution (CPN).

    Its inner width is half of ``out_channels``: 128 for the paper's 256.
    """
    shortcut = nn.Sequential(
        nn.Conv2d(in_channels, out_channels, 1, bias=False),
        build_norm_layer(norm_cfg, out_channels)[1],
    )
    block = Bottleneck(
        in_channels,
        out_channels,
        expansion=2,
        downsample=shortcut,
        norm_cfg=norm_cfg,
    )
    # MMPose's class has no act_cfg
    block.relu = build_activation(act_cfg)
    return block


class RefineNetwork(BaseModule):
    """Refined heatmaps from all levels (HRfine of MLPE, RefineNet of CPN).

    The coarser a level, the more bottlenecks its features pass; all are
    brought to the finest size and joined.

    Args:
        num_levels (int): Number of levels
        channels (int): Channels of each feature map
        out_channels (int): Number of keypoints, K
        upsample (str): ``'deconv'`` doubles the size step by step (MLPE),
            ``'bilinear'`` resizes once (CPN)
        norm_cfg (Config): Normalisation; of the heatmaps see
            :func:`build_heatmap_norm`
        act_cfg (Config, optional): Activation
    """

    def __init__(
        self,
        num_levels: int,
        channels: int,
        out_channels: int,
        upsample: str,
        norm_cfg: ConfigType = dict(type='BN'),
        act_cfg: OptConfigType = dict(type='ReLU', inplace=True),
    ) -> None:
        super().__init__()
        cfgs = (norm_cfg, act_cfg)
        # Fine to coarse: map i is doubled i times to reach the finest.
        self.bottlenecks = nn.ModuleList(
            nn.Sequential(
                *(
                    projected_bottleneck(channels, channels, *cfgs)
                    for _ in range(i)
                )
            )
            for i in range(num_levels)
        )
        self.upsamples = nn.ModuleList(
            nn.ModuleList(
                DeconvStage(channels, channels, *cfgs) for _ in range(i)
            )
            for i in range(num_levels if upsample == 'deconv' else 0)
        )
        self.fuse = projected_bottleneck(
            num_levels * channels, channels, *cfgs
        )
        if not self.upsamples:
            # only the order of operations changes, not the parameters
            for conv in (self.fuse.conv1, self.fuse.downsample[0]):
                conv.__class__ = ResizingConv2d
        self.predict = nn.Sequential(
            nn.Conv2d(channels, out_channels, 3, padding=1, bias=False),
            build_heatmap_norm(norm_cfg, out_channels),
        )

    def forward(self, feats: tuple[Tensor, ...]) -> Tensor:
        """Predict the refined heatmaps.

        Args:
            feats (tuple[Tensor]): Feature maps, fine to coarse

        Returns:
            Tensor: (B, K, H, W), the size of the finest map.
        """
        sizes = [feat.shape[-2:] for feat in feats]
        branches = []
        for level, feat in enumerate(feats):
            x = self.bottlenecks[level](feat)
            if self.upsamples:
                finer = reversed(sizes[:level])
                stages = self.upsamples[level]
                for stage, size in zip(stages, finer, strict=True):
                    x = stage(x, size)
            branches.append(x)
        if self.upsamples:
            branches = torch.cat(branches, dim=1)
        return self.predict(self.fuse(branches))
