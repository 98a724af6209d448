import math

import numpy as np
import pytest
from mmpose.datasets.transforms import RandomBBoxTransform
from mmpose.registry import TRANSFORMS
from scipy import stats

from mlpe_mmpose.datasets.transforms import FastRandomBBoxTransform

ARGUMENTS = [
    {},
    # the recipe's two
    dict(shift_prob=0.0, scale_factor=(0.7, 1.35), rotate_prob=0.0),
    dict(
        shift_prob=0.0,
        scale_factor=(0.7, 1.35),
        rotate_factor=45.0,
        rotate_prob=1.0,
    ),
    dict(shift_factor=0.3, shift_prob=0.8, scale_prob=0.4, rotate_prob=0.2),
]
BOXES = 100_000


def _drawn(transform, seed: int, boxes: int = BOXES) -> dict:
    """Shift x and y (box sizes), scale and angle (degrees) of many boxes."""
    np.random.seed(seed)
    out = transform(
        dict(bbox_center=np.zeros((boxes, 2)), bbox_scale=np.ones((boxes, 2)))
    )
    assert (out['bbox_scale'][:, 0] == out['bbox_scale'][:, 1]).all()
    return dict(
        shift_x=out['bbox_center'][:, 0],
        shift_y=out['bbox_center'][:, 1],
        scale=out['bbox_scale'][:, 0],
        angle=out['bbox_rotation'],
    )


@pytest.mark.parametrize('arguments', ARGUMENTS)
def test_a_seed_gives_the_boxes_that_it_gives_with_the_stock_class(arguments):
    fast = TRANSFORMS.build(dict(type='FastRandomBBoxTransform', **arguments))
    stock = RandomBBoxTransform(**arguments)
    for seed in range(20):
        for boxes in (1, 3):
            ours = _drawn(fast, seed, boxes)
            theirs = _drawn(stock, seed, boxes)
            for name, values in theirs.items():
                # float32 numbers of at most 90 that differ in the last bits
                np.testing.assert_allclose(
                    ours[name], values, rtol=1e-6, atol=1e-6, err_msg=name
                )


@pytest.mark.parametrize('arguments', [ARGUMENTS[0], ARGUMENTS[3]])
def test_other_seeds_give_the_stock_distributions(arguments):
    # two-sample Kolmogorov-Smirnov: at the level of 1e-4 distances are below
    # sqrt(ln(2 / 1e-4) / 2) * sqrt(1 / n + 1 / m). A uniform instead of the
    # truncated normal would be 0.03 away, whereas the bound is below 0.023
    fast = FastRandomBBoxTransform(**arguments)
    stock = RandomBBoxTransform(**arguments)
    ours, theirs = _drawn(fast, 1), _drawn(stock, 2)
    neutral = dict(shift_x=0, shift_y=0, scale=1, angle=0)
    for name, value in neutral.items():
        a, b = (side[name][side[name] != value] for side in (ours, theirs))
        distance = stats.ks_2samp(a, b).statistic
        critical = math.sqrt(math.log(2 / 1e-4) / 2)
        assert distance < critical * math.sqrt(1 / len(a) + 1 / len(b)), name
        assert critical * math.sqrt(1 / len(a) + 1 / len(b)) < 0.023, name


@pytest.mark.parametrize('arguments', ARGUMENTS)
def test_boxes_stay_as_they_are_as_often_as_asked(arguments):
    fast = FastRandomBBoxTransform(**arguments)
    drawn = _drawn(fast, 3)
    for name, value, prob in (
        ('shift_x', 0, fast.shift_prob),
        ('shift_y', 0, fast.shift_prob),
        ('scale', 1, fast.scale_prob),
        ('angle', 0, fast.rotate_prob),
    ):
        # 5 standard errors of a share
        error = 5 * math.sqrt(prob * (1 - prob) / BOXES)
        share = np.mean(drawn[name] != value)
        assert abs(share - prob) <= error, name


def test_no_draw_is_beyond_the_factors_and_none_follows_another():
    fast = FastRandomBBoxTransform(shift_prob=1.0, rotate_prob=1.0)
    drawn = _drawn(fast, 4)
    shifts = np.abs([drawn['shift_x'], drawn['shift_y']])
    # of 100,000 draws the outermost lie within 1 % of the bounds
    for values, bound in (
        (shifts, fast.shift_factor),
        (np.abs(drawn['scale'] - 1), 0.5),
        (np.abs(drawn['angle']), fast.rotate_factor),
    ):
        assert 0.99 * bound < values.max() <= bound * (1 + 1e-6)
    correlation = np.corrcoef(list(drawn.values()))[np.triu_indices(4, 1)]
    # 5 standard errors
    assert np.abs(correlation).max() < 5 / math.sqrt(BOXES)


@pytest.mark.parametrize('bounds', [(-1.0, 1.0), (-5.0, 5.0), (0.5, 3.0)])
def test_the_sample_is_a_truncated_normal(bounds):
    np.random.seed(5)
    sample = FastRandomBBoxTransform._truncnorm(*bounds, size=(BOXES,))
    assert sample.dtype == np.float32
    distance = stats.kstest(sample, stats.truncnorm(*bounds).cdf).statistic
    assert distance < math.sqrt(math.log(2 / 1e-4) / 2 / BOXES)
