"""Runs without memory or without a folder say what to change."""

import os
import re
import signal
from pathlib import Path

import pytest
import torch
from killed import exit_status
from line_training import SAFE, Line, LineModel, line_runner

from mlpe_mmpose.tools.training_progress import count_epochs


class GreedyModel(LineModel):
    """Asks in the third epoch for more memory than there is."""

    steps = 0

    def forward(self, x, y, mode='tensor'):
        self.steps += 1
        if self.steps > 4:
            torch.empty(2**50)
        return super().forward(x, y, mode)


class GreedyOnDevice(GreedyModel):
    """Asks for the memory of a device."""

    def forward(self, x, y, mode='tensor'):
        try:
            return super().forward(x, y, mode)
        except RuntimeError as error:
            raise torch.cuda.OutOfMemoryError(
                'CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a '
                'total capacity of 79.19 GiB of which 1.12 GiB is free.'
            ) from error


class SuddenDeath(Line):
    """Kills the process of the loader that reads the last point."""

    def __getitem__(self, index):
        if index == 7:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().__getitem__(index)


class Unfinished(Line):
    """Has a transform that is not written yet."""

    def __getitem__(self, index):
        raise NotImplementedError('has no masks')


@pytest.mark.parametrize(
    ('model', 'words'),
    [
        (GreedyModel, 'The memory is full. Set a smaller batch_size'),
        (
            GreedyOnDevice,
            r"The device's memory is full. Set a smaller batch_size.*docs/sp",
        ),
    ],
)
def test_without_memory_the_setting_and_the_last_checkpoint_are_named(
    tmp_path, model, words
):
    runner = line_runner(tmp_path, 4, hooks=SAFE, model=model)
    with pytest.raises(RuntimeError, match=words) as found:
        runner.train()
    last = tmp_path / 'epoch_2.pth'
    assert f'--resume continues from {last}' in str(found.value)
    assert count_epochs(tmp_path) == 2


def test_a_killed_process_of_the_loader_is_explained(tmp_path):
    runner = line_runner(tmp_path, 1, num_workers=1)
    runner.train_dataloader.dataset.__class__ = SuddenDeath
    with pytest.raises(RuntimeError, match=r'smaller num_workers.*worker'):
        runner.train()


def test_an_error_in_a_process_of_the_loader_stays_as_it_is(tmp_path):
    runner = line_runner(tmp_path, 1, num_workers=1)
    runner.train_dataloader.dataset.__class__ = Unfinished
    with pytest.raises(NotImplementedError, match='has no masks') as found:
        runner.train()
    assert 'memory' not in str(found.value)


def test_other_errors_stay_as_they_are(tmp_path):
    class Wrong(LineModel):
        def forward(self, x, y, mode='tensor'):
            raise RuntimeError('of the model')

    with pytest.raises(RuntimeError, match=r'^of the model$'):
        line_runner(tmp_path, 1, model=Wrong).train()


def as_nobody(folder: Path) -> None:
    os.setuid(65534)
    line_runner(folder / 'run', 1)


@pytest.mark.skipif(os.getuid() != 0, reason='only root can become nobody')
def test_a_folder_that_cannot_be_written_is_named_with_the_setting(tmp_path):
    errors = tmp_path / 'errors'
    assert exit_status(as_nobody, tmp_path, errors=errors) == 1
    message = errors.read_text().splitlines()[-1]
    assert 'Permission denied. Set work_dir (--work-dir)' in message
    # the first folder of the path that nobody may enter
    (named,) = re.findall(r"The path was: '(.*)'", message)
    assert tmp_path.is_relative_to(named)
