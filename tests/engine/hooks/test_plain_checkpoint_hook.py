"""Checkpoints that PyTorch's safe loader reads, through the real runner."""

import pickle

import numpy as np
import pytest
import torch
from line_training import LineModel, Stop, line_runner, state_of
from torch import nn


def test_without_the_hook_the_safe_loader_refuses_the_checkpoint(tmp_path):
    # the day that this fails, the hook is needed no more
    line_runner(tmp_path, 1, hooks={}).train()
    with pytest.raises(pickle.UnpicklingError):
        state_of(tmp_path / 'epoch_1.pth')


def test_a_resumed_run_ends_where_an_unbroken_one_does(tmp_path):
    whole, parts = tmp_path / 'whole', tmp_path / 'parts'
    unbroken = line_runner(whole, 4)
    unbroken.train()
    stopped = line_runner(parts, 4)
    stopped.register_hook(Stop())
    with pytest.raises(KeyboardInterrupt):
        stopped.train()
    resumed = line_runner(parts, 4, resume=True)
    resumed.train()

    expected, found = (state_of(d / 'epoch_4.pth') for d in (whole, parts))
    torch.testing.assert_close(found['state_dict'], expected['state_dict'])
    torch.testing.assert_close(
        found['optimizer']['state'], expected['optimizer']['state']
    )
    assert found['param_schedulers'] == expected['param_schedulers']
    # the log of all four epochs, two steps each
    scalars = resumed.message_hub.log_scalars
    np.testing.assert_allclose(
        scalars['train/loss'].data[0],
        unbroken.message_hub.log_scalars['train/loss'].data[0],
    )
    assert len(scalars['train/loss'].data[0]) == 8


def test_a_resumed_run_knows_its_data_set_again(tmp_path):
    # MMEngine compares the pickled metainfo, types and all
    line_runner(tmp_path, 1).train()
    line_runner(tmp_path, 2, resume=True).train()
    log = ''.join(path.read_text() for path in tmp_path.rglob('*.log'))
    assert 'resumed epoch: 1' in log
    assert 'left out of the checkpoint what' in log
    assert "['param_schedulers[1].anneal_func']" in log
    assert 'metainfo' not in log


@pytest.mark.parametrize('pointer', ['{}/epoch_1.pth', ''])
def test_a_resumed_run_whose_checkpoints_were_removed_begins_anew(
    tmp_path, pointer
):
    line_runner(tmp_path, 1).train()
    (tmp_path / 'epoch_1.pth').unlink()
    (tmp_path / 'last_checkpoint').write_text(pointer.format(tmp_path))
    resumed = line_runner(tmp_path, 2, resume=True)
    resumed.train()
    assert len(resumed.message_hub.log_scalars['train/loss'].data[0]) == 4
    log = ''.join(path.read_text() for path in tmp_path.rglob('*.log'))
    assert 'PlainCheckpointHook trains from the start' in log


def test_the_metainfo_of_a_checkpoint_is_usable_as_it_is(tmp_path):
    line_runner(tmp_path, 1).train()
    meta = state_of(tmp_path / 'epoch_1.pth')['meta']['dataset_meta']
    assert [int(c) for c in meta['colors'][0]] == [1, 2, 3]


@pytest.mark.parametrize('content', [b'', b'no checkpoint', b'PK\x03\x04'])
def test_a_file_that_is_no_checkpoint_is_refused_by_name(tmp_path, content):
    path = tmp_path / 'notes.pth'
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r'load_from=.*notes\.pth'):
        line_runner(tmp_path / 'run', 1, load_from=str(path)).train()
    assert not list((tmp_path / 'run').glob('*.pth'))


def test_another_models_weights_are_refused_with_both_names(tmp_path):
    path = tmp_path / 'other.pth'
    torch.save({'state_dict': nn.Conv2d(1, 1, 1).state_dict()}, path)
    with pytest.raises(ValueError, match=r"\['weight', 'bias'\].*linear"):
        line_runner(tmp_path / 'run', 1, load_from=str(path)).train()


def test_weights_of_a_model_in_parallel_are_accepted(tmp_path):
    weights = {f'module.{k}': v for k, v in LineModel().state_dict().items()}
    path = tmp_path / 'parallel.pth'
    torch.save({'state_dict': weights}, path)
    line_runner(tmp_path / 'run', 1, load_from=str(path)).train()
