import pytest
import torch
import torch.nn.functional as F

from mlpe_mmpose.models.necks.feature_enhancement import FeatureEnhancement


def _reference(module: FeatureEnhancement, x: torch.Tensor) -> torch.Tensor:
    """The context of ``x``, word by word from the method, in float64."""
    weights = {k: v.double() for k, v in module.state_dict().items()}
    x = x.double()
    h, w = x.shape[-2:]
    maps = []
    for j, r in enumerate(module.pool_ratios):
        size = (max(1, int(r * h)), max(1, int(r * w)))
        pooled = F.adaptive_avg_pool2d(x, size)
        reduced = F.conv2d(
            pooled,
            weights[f'reduces.{j}.weight'],
            weights[f'reduces.{j}.bias'],
        )
        maps.append(
            F.interpolate(reduced, (h, w), mode='bilinear', align_corners=True)
        )
    y = F.conv2d(
        torch.cat(maps, dim=1),
        weights['weigh.0.conv.weight'],
        weights['weigh.0.conv.bias'],
    ).relu()
    y = F.conv2d(
        y, weights['weigh.1.weight'], weights['weigh.1.bias'], padding=1
    )
    y = 1 / (1 + torch.exp(-y))
    return sum(y[:, j : j + 1] * maps[j] for j in range(len(maps)))


# 8x6 and 12x9 are the paper's; at 12x9 the pools are 1x1, 2x1 and 3x2 (1.2 x
# 0.9, 2.4 x 1.8, 3.6 x 2.7); at 4x3 and below, 0.3 still gives one cell
@pytest.mark.parametrize(
    'size', [(8, 6), (12, 9), (16, 12), (21, 13), (7, 5), (4, 3), (1, 1)]
)
@pytest.mark.parametrize('ratios', [(0.1, 0.2, 0.3), (1.0,), (0.25, 0.5)])
def test_equals_the_method_recomputed_in_float64(size, ratios):
    module = FeatureEnhancement(6, 5, ratios)
    # biases too, which initialisation leaves small or at zero
    for parameter in module.parameters():
        torch.nn.init.normal_(parameter)
    x = torch.randn(2, 6, *size)
    torch.testing.assert_close(
        module(x).double(), _reference(module, x), rtol=1e-4, atol=1e-4
    )


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
