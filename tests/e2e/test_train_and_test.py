"""The tiny model through `mim train`, `mim test`, stops and resumptions."""

import math
import os
import re
import signal
import subprocess
import time
from pathlib import Path

import pytest
import torch
from hostile import SENTENCE, Hostile
from trainings import as_arguments, command, data_options, last_ap

CONFIG = 'mlpe_tiny_synthetic.py'


def options(people: Path, epochs: int, **more: object) -> list[str]:
    return as_arguments(
        {
            **data_options(people),
            'train_cfg.max_epochs': epochs,
            'train_dataloader.batch_size': 8,
            'default_hooks.logger.interval': 1,
            **more,
        }
    )


def test_a_training_killed_after_an_epoch_goes_on_and_can_be_tested(
    mim, people, tmp_path
):
    args = ['--work-dir', tmp_path / 'run', *options(people, 3)]
    kill_after_first_epoch(command('train', CONFIG, *args), tmp_path / 'run')
    assert not (tmp_path / 'run/epoch_3.pth').exists()

    output = mim('train', CONFIG, '--resume', *args)
    assert 'resumed epoch:' in output
    assert not re.search(r'Epoch\(train\)\s+\[1\]', output)
    checkpoint = tmp_path / 'run/epoch_3.pth'
    state = torch.load(checkpoint, weights_only=True)
    # the log of every step of every epoch, those before the stop included
    history = state['message_hub']['log_scalars']['train/loss_refine']
    assert len(history['log_history']) == state['meta']['iter']
    assert state['meta']['epoch'] == 3

    args = ['--work-dir', tmp_path / 'test', '--show-dir', 'pictures']
    tested = mim('test', CONFIG, '-C', checkpoint, *args, *options(people, 3))
    assert last_ap(tested) == pytest.approx(last_ap(output), abs=1e-6)
    assert list((tmp_path / 'test').rglob('pictures/*.jpg'))


def kill_after_first_epoch(arguments: list[str], work_dir: Path) -> None:
    """Start a training; take its power away once it has a checkpoint."""
    process = subprocess.Popen(
        arguments,
        cwd=work_dir.parent,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    deadline = time.monotonic() + 300
    try:
        while not (work_dir / 'last_checkpoint').exists():
            assert process.poll() is None, 'the training ended by itself'
            assert time.monotonic() < deadline
            time.sleep(0.02)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def test_a_learning_rate_is_scaled_to_the_batch_by_the_stock_flag(
    mim, people, tmp_path
):
    args = ['--work-dir', tmp_path / 'run', '--auto-scale-lr']
    output = mim('train', CONFIG, *args, *options(people, 1))
    # 8 persons a step where the config's learning rate is for 16
    assert 'LR is set based on batch size of 16' in output
    assert 'Scaling the original LR by 0.5' in output


def test_a_grid_search_trains_once_a_value(mim, people, tmp_path):
    args = ['--work-dir', tmp_path / 'run', *options(people, 1)]
    grid = '--optim_wrapper.optimizer.lr 1e-3 2e-3'
    output = mim('gridsearch', CONFIG, *args, '--search-args', grid)
    for rate in (0.001, 0.002):
        assert f'optimizer.lr_{rate} finished successfully' in output


BFLOAT16 = {
    'optim_wrapper.type': 'AmpOptimWrapper',
    'optim_wrapper.dtype': 'bfloat16',
    'optim_wrapper.loss_scale.enabled': False,
}


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason='needs a GPU')
@pytest.mark.parametrize(
    ('flags', 'more'),
    [(['--amp'], {}), ([], BFLOAT16)],
    ids=['float16', 'bfloat16'],
)
def test_half_precision_trains_with_finite_losses(
    mim, people, tmp_path, flags, more
):
    args = ['--work-dir', tmp_path / 'run', *flags]
    output = mim('train', CONFIG, *args, *options(people, 1, **more))
    losses = re.findall(r' loss: (\S+)', output)
    assert losses
    assert all(math.isfinite(float(loss)) for loss in losses)


def test_a_checkpoint_that_would_run_code_is_refused(mim, people, tmp_path):
    path, effect = tmp_path / 'hostile.pth', tmp_path / 'effect'
    torch.save(dict(state_dict={}, extra=Hostile(effect)), path)
    tested = mim('test', CONFIG, '-C', path, *options(people, 1), fails=True)
    more = options(people, 1, load_from=path)
    for output in tested, mim('train', CONFIG, *more, fails=True):
        assert (
            f'PlainCheckpointHook cannot read load_from={str(path)!r}'
            in output
        )
        assert SENTENCE in output
    assert not effect.exists()
