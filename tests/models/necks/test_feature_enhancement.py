import pytest
import torch
import torch.nn.functional as F

from mlpe_mmpose.models.necks.feature_enhancement import FeatureEnhancement


# a pooled map is int(ratio x size), at least one cell: at the paper's 12x9
# 0.1, 0.2 and 0.3 are 1.2 x 0.9, 2.4 x 1.8 and 3.6 x 2.7
@pytest.mark.parametrize(
    ('size', 'ratios', 'pooled_sizes'),
    [
        ((12, 9), (0.1, 0.2, 0.3), [(1, 1), (2, 1), (3, 2)]),
        ((8, 6), (0.1, 0.2, 0.3), [(1, 1), (1, 1), (2, 1)]),
        ((4, 3), (0.1, 0.2, 0.3), [(1, 1), (1, 1), (1, 1)]),
        ((21, 13), (0.25, 0.5), [(5, 3), (10, 6)]),
        ((7, 5), (1.0,), [(7, 5)]),
        ((1, 1), (0.3,), [(1, 1)]),
    ],
)
@torch.no_grad()
def test_the_context_is_the_weighted_sum_of_the_pooled_maps(
    size, ratios, pooled_sizes
):
    module = FeatureEnhancement(4, 4, ratios)
    # every reduction doubles, and pool j has the weight sigmoid(j)
    for reduce in module.reduces:
        torch.nn.init.dirac_(reduce.weight).mul_(2)
        torch.nn.init.zeros_(reduce.bias)
    numbers = torch.arange(len(ratios)).float()
    torch.nn.init.zeros_(module.weigh[1].weight)
    module.weigh[1].bias.copy_(numbers)
    x = torch.randn(2, 4, *size)
    expected = 0
    for weight, pooled_size in zip(
        numbers.sigmoid(), pooled_sizes, strict=True
    ):
        pooled = F.adaptive_avg_pool2d(x, pooled_size)
        resized = F.interpolate(
            pooled, size, mode='bilinear', align_corners=True
        )
        expected = expected + weight * 2 * resized
    torch.testing.assert_close(module(x), expected)


@torch.no_grad()
def test_each_place_weighs_its_pools_by_what_all_pools_have_there():
    # two pools of one channel: the mean of the map, and the map itself
    module = FeatureEnhancement(1, 1, (0.1, 1.0))
    for layer in (*module.reduces, module.weigh[0].conv, module.weigh[1]):
        torch.nn.init.zeros_(layer.weight)
        torch.nn.init.zeros_(layer.bias)
    for reduce in module.reduces:
        reduce.weight.fill_(1)
    # the weight of the mean is the sigmoid of the map, after a ReLU
    module.weigh[0].conv.weight[0, 1] = 1
    module.weigh[1].weight[0, 0, 1, 1] = 1
    x = torch.randn(1, 1, 5, 4)
    expected = x.relu().sigmoid() * x.mean() + 0.5 * x
    torch.testing.assert_close(module(x), expected)


def test_a_constant_map_gets_a_constant_context_of_its_size():
    module = FeatureEnhancement(2, 3, (0.1, 0.2, 0.3))
    # without the 3x3 convolution, whose zero padding marks the border
    torch.nn.init.zeros_(module.weigh[1].weight)
    context = module(torch.full((1, 2, 13, 7), 3.0))
    assert context.shape == (1, 3, 13, 7)
    assert (context - context[..., :1, :1]).abs().max() < 1e-5


@pytest.mark.parametrize('ratios', [(), (0.0, 0.5), (0.5, 1.5), (-0.1,)])
def test_ratios_that_pool_to_nothing_or_enlarge_are_refused(ratios):
    with pytest.raises(ValueError, match='FeatureEnhancement') as caught:
        FeatureEnhancement(2, 2, ratios)
    assert f'pool_ratios={ratios}' in str(caught.value)
