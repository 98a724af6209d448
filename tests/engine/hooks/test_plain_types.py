"""Between MMEngine's objects and what PyTorch's safe loader reads."""

import io
from collections import OrderedDict, deque

import numpy as np
import pytest
import torch
from mmengine.logging import HistoryBuffer
from mmengine.optim import OneCycleLR
from torch import nn

from mlpe_mmpose.engine.hooks.plain_types import (
    from_plain,
    is_plain,
    to_plain,
)


def saved_and_loaded(value):
    """What the safe loader makes of a value."""
    file = io.BytesIO()
    torch.save(value, file)
    file.seek(0)
    return torch.load(file, weights_only=True)


def test_a_state_dict_stays_itself_with_its_metadata():
    state_dict = nn.BatchNorm2d(3).state_dict()
    assert to_plain(state_dict, 'state_dict', []) is state_dict


@pytest.mark.parametrize(
    'value',
    [np.float64(1.5), np.array([1.0]), HistoryBuffer(), deque([1]), object()],
    ids=lambda value: type(value).__name__,
)
def test_what_the_safe_loader_refuses_is_not_plain(value):
    assert not is_plain({'nested': [value]})


def test_numpy_values_survive_the_safe_loader_with_their_types():
    sigmas = np.array([0.026, 0.025], dtype=np.float32)
    colors = np.array([[0, 255, 7]], dtype=np.uint8)
    value = {
        'sigmas': sigmas,
        'links': OrderedDict(colors=(colors, 'name')),
        'best': np.float64(0.3),
        'count': np.int64(7),
        'kept': deque([3, 4]),
    }
    restored = from_plain(saved_and_loaded(to_plain(value, 'meta', [])))

    np.testing.assert_array_equal(restored['sigmas'], sigmas)
    assert restored['sigmas'].dtype == np.float32
    assert restored['links']['colors'][0].dtype == np.uint8
    assert restored['links']['colors'][1] == 'name'
    assert restored['best'] == 0.3
    assert type(restored['count']) is int
    assert restored['kept'] == [3, 4]


def test_a_history_buffer_survives_the_safe_loader():
    buffer = HistoryBuffer(max_length=3)
    for value in (4.0, 1.0, 2.0, 9.0):
        buffer.update(value)
    plain = to_plain({'train/loss': buffer}, 'log_scalars', [])
    restored = from_plain(saved_and_loaded(plain))['train/loss']

    assert isinstance(restored, HistoryBuffer)
    assert restored.max_length == 3
    assert restored.mean(3) == pytest.approx(4.0)
    restored.update(5.0)
    assert restored.data[0].tolist() == [2.0, 9.0, 5.0]


def test_a_schedulers_own_method_is_left_out_and_named():
    optimizer = torch.optim.SGD(nn.Linear(1, 1).parameters(), lr=0.1)
    scheduler = OneCycleLR(optimizer, eta_max=1.0, total_steps=10)
    left_out = []
    plain = to_plain([scheduler.state_dict()], 'schedulers', left_out)

    assert left_out == ['schedulers[0].anneal_func']
    assert 'anneal_func' not in saved_and_loaded(plain)[0]
    # the scheduler that resumes has made its own
    scheduler.load_state_dict(plain[0])
    scheduler.step()


def test_a_value_that_is_none_is_kept():
    value = {'eta_min_ratio': None, 'array': np.zeros(1)}
    assert 'eta_min_ratio' in to_plain(value, 'scheduler', [])
