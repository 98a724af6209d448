"""The high-resolution fine-tuning network."""

import torch
from mmengine.model import BaseModule
from mmpose.models.backbones.resnet import Bottleneck
from torch import Tensor, nn

from ..upsample import DeconvStage, resize


def projected_bottleneck(in_channels: int, out_channels: int) -> Bottleneck:
    """A bottleneck whose shortcut is always a 1x1 convolution (CPN).

    Its inner width is half of ``out_channels``: 128 for the paper's 256.
    """
    shortcut = nn.Sequential(
        nn.Conv2d(in_channels, out_channels, 1, bias=False),
        nn.BatchNorm2d(out_channels),
    )
    return Bottleneck(
        in_channels, out_channels, expansion=2, downsample=shortcut
    )


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
    """

    def __init__(
        self,
        num_levels: int,
        channels: int,
        out_channels: int,
        upsample: str,
    ) -> None:
        super().__init__()
        # fine to coarse: level i of them is i doublings from the finest
        self.bottlenecks = nn.ModuleList(
            nn.Sequential(
                *(projected_bottleneck(channels, channels) for _ in range(i))
            )
            for i in range(num_levels)
        )
        self.upsamples = nn.ModuleList(
            nn.ModuleList(DeconvStage(channels, relu=True) for _ in range(i))
            for i in range(num_levels if upsample == 'deconv' else 0)
        )
        self.fuse = projected_bottleneck(num_levels * channels, channels)
        self.predict = nn.Sequential(
            nn.Conv2d(channels, out_channels, 3, padding=1, bias=False),
            nn.BatchNorm2d(out_channels),
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
            if not self.upsamples:
                x = resize(x, sizes[0])
            else:
                finer = reversed(sizes[:level])
                stages = self.upsamples[level]
                for stage, size in zip(stages, finer, strict=True):
                    x = stage(x, size)
            branches.append(x)
        return self.predict(self.fuse(torch.cat(branches, dim=1)))
