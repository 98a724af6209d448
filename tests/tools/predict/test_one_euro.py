"""The One-Euro filter in closed form."""

import math

import numpy as np
import pytest

from mlpe_mmpose.tools.predict.one_euro import OneEuroFilter


def test_a_constant_stays_as_it_is():
    smooth = OneEuroFilter(rate=25)
    values = np.array([[3.0, -4.0], [0.5, 1e4]])
    for _ in range(20):
        np.testing.assert_array_equal(smooth(values), values)


def test_without_beta_a_step_is_approached_as_by_a_low_pass_filter():
    # y_n = 1 - (1 - a)^n with a = 1 / (1 + rate / (2 pi cutoff))
    rate, cutoff = 30.0, 2.0
    smooth = OneEuroFilter(rate, min_cutoff=cutoff, beta=0)
    smooth(np.zeros(1))
    weight = 1 / (1 + rate / (2 * math.pi * cutoff))
    for n in range(1, 50):
        expected = 1 - (1 - weight) ** n
        assert smooth(np.ones(1))[0] == pytest.approx(expected, rel=1e-12)


def test_a_ramp_lags_by_its_speed_over_the_cutoff():
    # The lag of y += a (x - y) behind a ramp of v a second settles at
    # v / rate * (1 - a) / a = v / (2 pi cutoff), where the cutoff is
    # min_cutoff + beta * v.
    rate, speed, beta = 50.0, 100.0, 0.05
    smooth = OneEuroFilter(rate, min_cutoff=1.0, beta=beta)
    for n in range(1000):
        value = np.array([speed * n / rate])
        lag = value - smooth(value)
    expected = speed / (2 * math.pi * (1.0 + beta * speed))
    assert lag[0] == pytest.approx(expected, rel=1e-9)


def test_jitter_of_what_rests_becomes_smaller():
    random = np.random.default_rng(0)
    noise = random.normal(0, 1, (500, 17, 2))
    smooth = OneEuroFilter(rate=25, beta=0)
    smoothed = np.stack([smooth(values) for values in noise])
    # the variance of a low-pass filter of white noise is a / (2 - a)
    weight = 1 / (1 + 25 / (2 * math.pi))
    assert smoothed[50:].var() == pytest.approx(
        weight / (2 - weight), rel=0.05
    )
