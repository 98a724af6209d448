"""Trainings in several processes, started and killed as users see it."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import mmpose
import pytest
import torch
from mmengine.device import get_device
from processes import free_port
from trainings import CONFIGS, as_arguments, command, data_options

CONFIG = 'mlpe_tiny_synthetic.py'
TRAIN = Path(mmpose.__file__).parent / '.mim/tools/train.py'
EPOCHS = 6

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(
        get_device() != 'cpu', reason='is for machines without a GPU'
    ),
]


def options(people: Path) -> list[str]:
    return as_arguments(
        {
            **data_options(people),
            'train_cfg.max_epochs': EPOCHS,
            'train_cfg.val_interval': EPOCHS,
            'train_dataloader.batch_size': 4,
        }
    )


@pytest.fixture
def start(tmp_path: Path) -> Iterator:
    """Start a command; its output goes to a file. All are killed at last."""
    groups = []

    def run(arguments: list[str], log: str) -> subprocess.Popen:
        with (tmp_path / log).open('w') as file:
            process = subprocess.Popen(
                arguments,
                cwd=tmp_path,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        groups.append(process.pid)
        return process

    yield run
    for group in groups:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)


def torchrun(*arguments: object) -> list[str]:
    """Return a call of torchrun that trains in the processes it starts."""
    return [
        *(sys.executable, '-m', 'torch.distributed.run'),
        *(str(argument) for argument in arguments),
        *(str(TRAIN), str(CONFIGS / CONFIG), '--launcher', 'pytorch'),
    ]


def wait_for(path: Path, process: subprocess.Popen) -> None:
    deadline = time.monotonic() + 300
    while not path.exists():
        assert process.poll() is None, 'the training ended by itself'
        assert time.monotonic() < deadline
        time.sleep(0.02)


def find_rank(number: int, work_dir: Path) -> int:
    """Return the id of the process of a rank that trains in a folder."""
    for folder in Path('/proc').glob('[0-9]*'):
        try:
            words = (folder / 'cmdline').read_bytes().split(b'\0')
            variables = (folder / 'environ').read_bytes().split(b'\0')
        except OSError:
            continue
        if (
            any(word.endswith(b'tools/train.py') for word in words[:3])
            and str(work_dir).encode() in words
            and f'RANK={number}'.encode() in variables
        ):
            return int(folder.name)
    raise AssertionError(f'no process of rank {number} trains in {work_dir}')


def epochs_of(work_dir: Path) -> int:
    path = (work_dir / 'last_checkpoint').read_text()
    return torch.load(path, weights_only=True)['meta']['epoch']


def test_if_a_process_is_killed_the_other_ends_and_a_restart_resumes(
    start, people, tmp_path
):
    work_dir = tmp_path / 'run'
    arguments = command(
        *('train', CONFIG, '--gpus', 2, '--launcher', 'pytorch'),
        *('--work-dir', work_dir, '--resume'),
        *options(people),
    )
    process = start(arguments, 'first.log')
    wait_for(work_dir / 'last_checkpoint', process)
    os.kill(find_rank(1, work_dir), signal.SIGKILL)
    assert process.wait(60) != 0
    with pytest.raises(AssertionError):
        find_rank(0, work_dir)
    done = epochs_of(work_dir)
    assert done < EPOCHS

    assert start(arguments, 'second.log').wait(400) == 0
    log = (tmp_path / 'second.log').read_text()
    assert f'resumed epoch: {done}' in log
    assert 'coco/AP' in log
    assert epochs_of(work_dir) == EPOCHS


def test_torchrun_restarts_both_processes_and_they_resume(
    start, people, tmp_path, monkeypatch
):
    # With its default, PyTorch 2.11 gives the restarted processes a store
    # with the addresses of the killed ones.
    monkeypatch.setenv('TORCH_DISABLE_SHARE_RDZV_TCP_STORE', '1')
    work_dir = tmp_path / 'run'
    process = start(
        torchrun('--nproc-per-node', 2, '--max-restarts', 1, '--standalone')
        + ['--work-dir', str(work_dir), '--resume', *options(people)],
        'log',
    )
    wait_for(work_dir / 'last_checkpoint', process)
    os.kill(find_rank(1, work_dir), signal.SIGKILL)
    assert process.wait(400) == 0
    assert re.search(r'resumed epoch: [1-9]', (tmp_path / 'log').read_text())
    assert epochs_of(work_dir) == EPOCHS


def test_two_nodes_meet_and_train_together(start, people, tmp_path):
    work_dir = tmp_path / 'run'
    port = free_port()
    nodes = [
        start(
            torchrun(
                *('--nnodes', 2, '--node-rank', node, '--nproc-per-node', 1),
                *('--master-addr', '127.0.0.1', '--master-port', port),
            )
            + ['--work-dir', str(work_dir), *options(people)],
            f'node{node}.log',
        )
        for node in (0, 1)
    ]
    assert [node.wait(400) for node in nodes] == [0, 0]
    assert epochs_of(work_dir) == EPOCHS
    log = (tmp_path / 'node0.log').read_text()
    assert 'Distributed launcher: pytorch' in log
    assert 'GPU number: 2' in log
