import math

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from mlpe_mmpose.models.heads.refine_network import (
    RefineNetwork,
    projected_bottleneck,
)

CHANNELS = 6


def _normalised(x: torch.Tensor) -> torch.Tensor:
    """A fresh layer's batch normalisation while training."""
    return F.batch_norm(x, None, None, training=True)


def _bottleneck(x: torch.Tensor, weights: dict, name: str) -> torch.Tensor:
    """1x1, 3x3, 1x1 and a 1x1 shortcut, ReLU after the sum; no biases."""
    y = _normalised(F.conv2d(x, weights[f'{name}.conv1.weight'])).relu()
    y = F.conv2d(y, weights[f'{name}.conv2.weight'], padding=1)
    y = _normalised(y).relu()
    y = _normalised(F.conv2d(y, weights[f'{name}.conv3.weight']))
    shortcut = F.conv2d(x, weights[f'{name}.downsample.0.weight'])
    return (y + _normalised(shortcut)).relu()


def _reference(module, feats: tuple, upsample: str) -> torch.Tensor:
    """The fine-tuning network, word by word from the method."""
    weights = module.state_dict()
    branches = []
    for n, x in enumerate(feats):
        for i in range(n):
            x = _bottleneck(x, weights, f'bottlenecks.{n}.{i}')
        if upsample == 'bilinear':
            size = feats[0].shape[-2:]
            x = F.interpolate(x, size, mode='bilinear', align_corners=True)
        for i in range(n if upsample == 'deconv' else 0):
            kernel = weights[f'upsamples.{n}.{i}.deconv.weight']
            x = F.conv_transpose2d(x, kernel, stride=2, padding=1)
            height, width = feats[n - 1 - i].shape[-2:]
            x = _normalised(x).relu()[..., :height, :width]
        branches.append(x)
    x = _bottleneck(torch.cat(branches, dim=1), weights, 'fuse')
    x = F.conv2d(x, weights['predict.0.weight'], padding=1)
    return _normalised(x)


def _feats(sizes: list[tuple[int, int]]) -> tuple[torch.Tensor, ...]:
    return tuple(torch.randn(2, CHANNELS, *s).double() for s in sizes)


@pytest.mark.parametrize('upsample', ['deconv', 'bilinear'])
@pytest.mark.parametrize(
    'sizes',
    [
        [(16, 12), (8, 6), (4, 3)],
        [(25, 20), (13, 10), (7, 5), (4, 3)],
        [(33, 17), (17, 9), (9, 5), (5, 3), (3, 2)],
    ],
)
def test_equals_the_method_recomputed_in_float64(sizes, upsample):
    module = RefineNetwork(len(sizes), CHANNELS, 3, upsample).double()
    feats = _feats(sizes)
    out = module(feats)
    assert out.shape == (2, 3, *sizes[0])
    torch.testing.assert_close(out, _reference(module, feats, upsample))


def test_every_level_reaches_the_refined_heatmaps():
    module = RefineNetwork(4, CHANNELS, 3, 'deconv').double()
    feats = _feats([(16, 12), (8, 6), (4, 3), (2, 2)])
    for feat in feats:
        feat.requires_grad_()
    # a square: batch normalisation keeps the plain sum constant
    module(feats).square().sum(1).amax().backward()
    assert all((feat.grad != 0).any() for feat in feats)


def test_a_bottleneck_is_half_as_wide_inside():
    # Bottleneck(1024, 128) -> 256 in the paper's size
    block = projected_bottleneck(1024, 256)
    assert block.conv1.weight.shape == (128, 1024, 1, 1)
    assert block.conv2.weight.shape == (128, 128, 3, 3)
    assert block.conv3.weight.shape == (256, 128, 1, 1)
    assert block.downsample[0].weight.shape == (256, 1024, 1, 1)


def test_it_keeps_the_initial_range_of_pytorch():
    module = RefineNetwork(3, 32, 17, 'deconv')
    module.init_weights()
    for layer in module.modules():
        if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d):
            # uniform up to 1 / sqrt(fan in); fan in is dim 1 for both
            fan_in = layer.weight[0].numel()
            bound = 1 / math.sqrt(fan_in)
            assert 0.98 * bound < layer.weight.abs().max() <= bound
            assert layer.bias is None
