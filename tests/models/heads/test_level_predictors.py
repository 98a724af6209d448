import math

import pytest
import torch
from torch import nn

from mlpe_mmpose.models.heads.level_predictors import LevelPredictors


def _feats(levels: int = 4, channels: int = 6) -> tuple[torch.Tensor, ...]:
    return tuple(
        torch.randn(2, channels, 25 // 2**i + 1, 20 // 2**i + 1)
        for i in range(levels)
    )


@pytest.mark.parametrize('kernel_size', [1, 3, 5])
@pytest.mark.parametrize('levels', [3, 4, 5])
def test_heatmaps_of_each_level_have_the_finest_size(kernel_size, levels):
    outs = LevelPredictors(levels, 6, 3, kernel_size)(_feats(levels))
    assert [out.shape for out in outs] == [(2, 3, 26, 21)] * levels


@pytest.mark.parametrize('levels', [3, 4, 5])
def test_level_0_is_predicted_from_the_coarsest_map_and_no_other(levels):
    # what a level computes is proved by original_network
    module = LevelPredictors(levels, 6, 3, 3).eval()
    feats = list(_feats(levels))
    before = module(tuple(feats))
    for level in range(levels):
        changed = list(feats)
        changed[levels - 1 - level] = torch.randn_like(feats[-1 - level])
        after = module(tuple(changed))
        same = [torch.equal(*pair) for pair in zip(before, after, strict=True)]
        assert same == [other != level for other in range(levels)]


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
