import numpy as np

from mlpe_mmpose.tools.synth.dice import Dice


def test_equal_keys_give_equal_draws_and_different_keys_different_draws():
    draws = [
        [dice.unit() for _ in range(5)]
        for dice in (
            Dice(3, 0, 7),
            Dice(3, 0, 7),
            Dice(3, 0, 8),
            Dice(4, 0, 7),
        )
    ]
    assert draws[0] == draws[1]
    assert len({tuple(row) for row in draws}) == 3


def test_the_stream_is_the_one_that_numpy_promises_to_keep():
    # written down with NumPy 1.26; NEP 19 fixes SeedSequence and PCG64
    dice = Dice(0, 0, 0)
    assert [dice.integer(0, 999) for _ in range(4)] == FIRST_INTEGERS
    assert dice.noise((3,)).tolist() == FIRST_BYTES


def test_a_whole_number_reaches_both_ends_and_no_further():
    dice = Dice(0)
    assert {dice.integer(-2, 2) for _ in range(200)} == {-2, -1, 0, 1, 2}


def test_a_uniform_draw_stays_within_its_ends():
    dice = Dice(0)
    values = [dice.uniform(2.0, 3.0) for _ in range(500)]
    assert min(values) >= 2.0
    assert max(values) < 3.0
    # standard error of the mean of 500: 0.29 / sqrt(500) = 0.013
    assert abs(np.mean(values) - 2.5) < 4 * 0.013


def test_noise_has_the_shape_asked_for_and_all_bytes():
    noise = Dice(0).noise((41, 23, 3))
    assert noise.shape == (41, 23, 3)
    assert noise.dtype == np.uint8
    assert len(np.unique(noise)) == 256


FIRST_INTEGERS = [565, 935, 479, 770]
FIRST_BYTES = [232, 171, 35]
