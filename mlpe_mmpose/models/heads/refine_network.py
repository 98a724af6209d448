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
    expansion: int = 2,
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
        expansion=expansion,
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
        num_blocks=(0, 1, 2, 3),
        fuse_channels=None,
        fuse_blocks=0,
        projected=True,
        fuse_kernel=None,
        fuse_expansion=2,
    ) -> None:
        super().__init__()
        cfgs = (norm_cfg, act_cfg)
        # Fine to coarse: map i is doubled i times to reach the finest.
        self.bottlenecks = nn.ModuleList(
            nn.Sequential(
                *(
                    projected_bottleneck(channels[i], channels[i], *cfgs)
                    if projected
                    else Bottleneck(
                        channels[i], channels[i], expansion=2, norm_cfg=norm_cfg
                    )
                    for _ in range(num_blocks[i])
                )
            )
            for i in range(num_levels)
        )
        self.upsamples = nn.ModuleList(
            nn.ModuleList(DeconvStage(channels[i], *cfgs) for _ in range(i))
            for i in range(num_levels if upsample == 'deconv' else 0)
        )
        self.fuse = projected_bottleneck(
            sum(channels), fuse_channels, *cfgs, expansion=fuse_expansion
        )
        if fuse_kernel:
            inner = self.fuse.conv2.in_channels
            self.fuse.conv2 = nn.Conv2d(
                inner,
                inner,
                fuse_kernel,
                padding=fuse_kernel // 2,
                groups=inner,
                bias=False,
            )
        self.fused_blocks = nn.Sequential(
            *(
                Bottleneck(
                    fuse_channels, fuse_channels, expansion=2, norm_cfg=norm_cfg
                )
                for _ in range(fuse_blocks)
            )
        )
        if not self.upsamples:
            # only the order of operations changes, not the parameters
            for conv in (self.fuse.conv1, self.fuse.downsample[0]):
                conv.__class__ = ResizingConv2d
        self.predict = nn.Sequential(
            nn.Conv2d(fuse_channels, out_channels, 3, padding=1, bias=False),
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
        return self.predict(self.fused_blocks(self.fuse(branches)))
