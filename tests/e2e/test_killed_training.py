"""The tiny training, killed 30 times, and its unbroken twin."""

import random
import signal
import time
from pathlib import Path

import pytest
import torch
from killed import FileLimit, exit_status, start_process
from mmengine.config import Config
from mmengine.hooks import Hook
from mmengine.runner import Runner
from trainings import CONFIGS, data_options

from mlpe_mmpose.tools.training_progress import count_epochs

EPOCHS = 60
KILLS, IN_WRITING = 30, 10


class Progress(Hook):
    """Writes the number of trained epochs, before a checkpoint is written."""

    priority = 'VERY_HIGH'

    def after_train_epoch(self, runner) -> None:
        path = Path(runner.work_dir, 'trained')
        path.write_text(str(runner.epoch + 1))


def train(people: Path, work_dir: Path, *hooks: Hook) -> None:
    """Continue the training, with a checkpoint after every epoch."""
    torch.set_num_threads(1)
    config = Config.fromfile(CONFIGS / 'mlpe_tiny_synthetic.py')
    config.merge_from_dict(data_options(people))
    config.merge_from_dict(
        {
            'train_cfg.max_epochs': EPOCHS,
            'train_cfg.val_interval': 10,
            'train_dataloader.batch_size': 8,
            'train_dataloader.dataset.indices': 16,
            'val_dataloader.dataset.indices': 8,
            'randomness': dict(seed=0),
            'resume': True,
            'work_dir': str(work_dir),
        }
    )
    config.custom_hooks.append(dict(type='EMAHook'))
    runner = Runner.from_cfg(config)
    for hook in (Progress(), *hooks):
        runner.register_hook(hook)
    runner.train()


def kill_in_writing(people: Path, work_dir: Path, size: int) -> None:
    """Kill the training at a byte of the next epoch's checkpoint."""
    epoch = count_epochs(work_dir) + 1
    hook = FileLimit(epoch, size, kill=True)
    assert exit_status(train, people, work_dir, hook) == -signal.SIGXFSZ
    assert (work_dir / f'epoch_{epoch}.pth.tmp').exists()


def kill_after(people: Path, work_dir: Path, seconds: float) -> None:
    """Kill the training some time after its first epoch has begun."""
    before = count_epochs(work_dir)
    process = start_process(train, people, work_dir)
    while process.is_alive() and trained(work_dir) <= before:
        time.sleep(0.005)
    time.sleep(seconds)
    process.kill()
    process.join()
    assert process.exitcode == -signal.SIGKILL


def trained(work_dir: Path) -> int:
    path = work_dir / 'trained'
    # the file is empty for a moment while it is written
    return int(path.read_text() or 0) if path.exists() else 0


def losses(work_dir: Path) -> torch.Tensor:
    state = torch.load(work_dir / f'epoch_{EPOCHS}.pth', weights_only=True)
    assert state['meta']['epoch'] == EPOCHS
    history = state['message_hub']['log_scalars']['train/loss']
    return history['log_history']


@pytest.mark.long
def test_a_training_that_is_killed_30_times_loses_an_epoch_at_most_and_repeats(
    people, tmp_path
):
    killed, unbroken = tmp_path / 'killed', tmp_path / 'unbroken'
    assert exit_status(train, people, unbroken) == 0
    bytes_of_one = (unbroken / f'epoch_{EPOCHS}.pth').stat().st_size
    chance = random.Random(0)
    aimed = set(chance.sample(range(1, KILLS), IN_WRITING))
    for number in range(KILLS):
        if number in aimed:
            size = int(chance.uniform(0.1, 0.95) * bytes_of_one)
            kill_in_writing(people, killed, size)
        else:
            kill_after(people, killed, chance.uniform(0, 0.4))
        # the next training continues after the last epoch but one, at least
        assert count_epochs(killed) >= trained(killed) - 1
        # three checkpoints and one that is being written
        assert len(list(killed.glob('epoch_*'))) <= 4 + 1
    assert count_epochs(killed) < EPOCHS, 'the kills came too late'
    assert exit_status(train, people, killed) == 0
    assert len(losses(killed)) == 2 * EPOCHS
    assert torch.equal(losses(killed), losses(unbroken))
