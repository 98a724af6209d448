import math

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from mlpe_mmpose.models.heads.level_predictors import LevelPredictors


def _feats(levels: int = 4, channels: int = 6) -> tuple[torch.Tensor, ...]:
    return tuple(
        torch.randn(2, channels, 25 // 2**i + 1, 20 // 2**i + 1)
        for i in range(levels)
    )


def _normalised(x: torch.Tensor) -> torch.Tensor:
    """A fresh layer's batch normalisation while training."""
    return F.batch_norm(x, None, None, training=True)


@pytest.mark.parametrize('kernel_size', [1, 3, 5])
@pytest.mark.parametrize('levels', [3, 4, 5])
def test_equals_the_method_recomputed_coarse_to_fine(kernel_size, levels):
    module = LevelPredictors(levels, 6, 3, kernel_size).double()
    feats = tuple(feat.double() for feat in _feats(levels))
    weights = module.state_dict()
    outs = module(feats)
    assert len(outs) == levels
    for level, out in enumerate(outs):
        # level 0 is the coarsest, features go fine to coarse
        x = feats[levels - 1 - level]
        x = F.conv2d(x, weights[f'convs.{level}.0.conv.weight'])
        x = F.conv2d(
            _normalised(x).relu(),
            weights[f'convs.{level}.1.weight'],
            padding=(kernel_size - 1) // 2,
        )
        x = F.interpolate(
            x, feats[0].shape[-2:], mode='bilinear', align_corners=True
        )
        torch.testing.assert_close(out, _normalised(x))


def test_convolutions_have_no_bias_and_the_release_s_start():
    module = LevelPredictors(3, 64, 48, 3)
    module.init_weights()
    convs = [m for m in module.modules() if isinstance(m, nn.Conv2d)]
    assert len(convs) == 2 * 3
    for conv in convs:
        assert conv.bias is None
        std = math.sqrt(2 / (conv.kernel_size[0] ** 2 * conv.out_channels))
        ratio = (conv.weight / std).square().mean().sqrt().item()
        # 5 standard errors of a std
        assert abs(ratio - 1) < 5 / math.sqrt(2 * conv.weight.numel())
