"""The normalisation of predicted heatmaps."""

import inspect

from mmcv.cnn import build_norm_layer
from mmpose.registry import MODELS
from mmpose.utils.typing import ConfigType
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm


def build_heatmap_norm(norm_cfg: ConfigType, num_keypoints: int) -> nn.Module:
    """Build the norm of K heatmaps, which is a batch norm in any case.

    The height of a peak says how sure the network is of a keypoint, and is
    part of a person's score. Group, layer and instance norms bring the
    heatmaps of every person to the same height, and groups need not divide
    K. A batch norm has one scale for all persons; its statistics are those
    of all cells of the batch, so that small batches do no harm either.

    Args:
        norm_cfg (Config): Normalisation of the other layers
        num_keypoints (int): K

    Returns:
        nn.Module: The layer of ``norm_cfg`` if that is a batch norm (BN,
        SyncBN), else batch normalisation with PyTorch's defaults.
    """
    norm_type = norm_cfg['type']
    if not inspect.isclass(norm_type):
        norm_type = MODELS.get(norm_type)
    if not issubclass(norm_type, _BatchNorm):
        norm_cfg = dict(type='BN')
    return build_norm_layer(norm_cfg, num_keypoints)[1]


class Scaled(nn.Module):
    """Fixed factor and a bias."""

    def __init__(self, channels):
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, x):
        return (x + self.bias[:, None, None]) * 255


import os

if os.environ.get('MLPE_SCALED'):
    import torch

    def build_heatmap_norm(norm_cfg, channels):
        return Scaled(channels)
