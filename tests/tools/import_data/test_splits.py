"""Validation is on whole videos, where there are several."""

import numpy as np
import pytest

from mlpe_mmpose.tools.import_data.splits import choose_validation


@pytest.mark.parametrize('seed', range(20))
def test_of_several_videos_none_is_parted_and_both_sides_get_one(seed):
    random = np.random.default_rng(seed)
    groups = random.integers(0, 6, 60).astype(str).tolist() + ['a', 'b']
    part = random.uniform(0.05, 0.6)
    chosen = choose_validation(groups, part, seed)
    to_train = {g for g, c in zip(groups, chosen, strict=True) if not c}
    to_val = {g for g, c in zip(groups, chosen, strict=True) if c}
    assert to_train
    assert to_val
    assert not to_train & to_val
    assert sum(chosen) <= max(part * len(groups), 1)


@pytest.mark.parametrize(('frames', 'count'), [(2, 1), (3, 1), (116, 6)])
def test_one_video_is_parted_by_frames(frames, count):
    chosen = choose_validation(['a'] * frames, 0.05, seed=0)
    assert sum(chosen) == count
    assert chosen == choose_validation(['a'] * frames, 0.05, seed=0)
    if frames == 116:
        assert chosen != choose_validation(['a'] * frames, 0.05, seed=1)


def test_if_every_video_is_too_large_the_smallest_is_taken():
    assert (
        choose_validation(list('aabbb'), 0.1, 0) == [True, True] + [False] * 3
    )


def test_one_frame_cannot_be_parted():
    with pytest.raises(ValueError, match='--val 0'):
        choose_validation(['a'], 0.1, 0)
