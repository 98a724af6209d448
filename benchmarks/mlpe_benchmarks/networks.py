"""Build models of shipped configs with random weights, and batches."""

import numpy as np
import torch
from mmengine.config import Config
from mmengine.registry import init_default_scope
from mmengine.structures import InstanceData
from torch import nn

import mlpe_mmpose  # noqa: F401, its stand-in must precede mmpose
from mlpe_mmpose.shipped import find_shipped

from mmpose.models import build_pose_estimator  # isort: skip
from mmpose.structures import PoseDataSample  # isort: skip

KEYPOINTS = 17


def build(name: str) -> nn.Module:
    """Build the model of a shipped config with random weights.

    Args:
        name (str): The config's name below ``configs/``, as ``'x.py'``
    """
    config = Config.fromfile(find_shipped(f'configs/{name}'))
    config.model.backbone.init_cfg = None
    init_default_scope('mmpose')
    return build_pose_estimator(config.model)


def make_batch(model: nn.Module, size: int) -> dict:
    """Make a batch as a loader gives it: uint8 images, encoded keypoints."""
    codec = model.head.decoder
    width, height = codec.input_size
    generator = np.random.default_rng(0)
    images = generator.integers(0, 256, (size, 3, height, width), np.uint8)
    samples = []
    for _ in range(size):
        keypoints = generator.random((1, KEYPOINTS, 2)) * codec.input_size
        labels = InstanceData()
        for name, value in codec.encode(keypoints).items():
            labels[name] = torch.from_numpy(value)
        sample = PoseDataSample()
        sample.gt_instance_labels = labels
        samples.append(sample)
    return dict(inputs=list(torch.from_numpy(images)), data_samples=samples)


def predict_all_heatmaps(
    model: nn.Module, images: torch.Tensor
) -> list[torch.Tensor]:
    """Run the forward pass of a training step, without targets and losses."""
    feats = model.neck(model.backbone(images))
    return [*model.head.level_predictors(feats), model.head(feats)]
