import math

import pytest
import torch
from torch import nn

from mlpe_mmpose.models.heads.refine_network import (
    RefineNetwork,
    projected_bottleneck,
)

CHANNELS = 6


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
def test_refined_heatmaps_have_the_finest_size(sizes, upsample):
    # what they are is proved by original_network, for four levels
    module = RefineNetwork(len(sizes), CHANNELS, 3, upsample).double()
    assert module(_feats(sizes)).shape == (2, 3, *sizes[0])


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
    block = projected_bottleneck(1024, 256, dict(type='BN'), None)
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
