"""A training of many cycles leaks no memory, file, thread or disk space.

A cycle trains an epoch, validates and writes a checkpoint. The training is
killed twice and resumed. SOAK_MINUTES sets how long it takes in all:

    SOAK_MINUTES=40 make test-long ARGS='-k soak'
"""

import contextlib
import os
import signal
import statistics
import subprocess
import time
from pathlib import Path
from typing import NamedTuple

import pytest
from trainings import as_arguments, command, data_options

MINUTES = float(os.environ.get('SOAK_MINUTES', 5))
STARTS = 3  # one training from the beginning, and two that resume it
KEPT = 2  # max_keep_ckpts
PAGE = os.sysconf('SC_PAGE_SIZE')


class Sample(NamedTuple):
    """What one process uses at the end of one cycle."""

    memory: float  # resident, in MiB
    files: int  # open file descriptors
    threads: int


class Cycle(NamedTuple):
    """What a training uses at the end of one cycle."""

    # a process before its children, older children first
    processes: list[Sample]
    checkpoints: list[float]  # size of each, in MiB


@pytest.mark.long
@pytest.mark.timeout(0)  # as long as SOAK_MINUTES says
def test_soak(people, tmp_path):
    options = {
        **data_options(people),
        'train_cfg.max_epochs': 1_000_000,
        'default_hooks.checkpoint.interval': 1,
        'default_hooks.checkpoint.max_keep_ckpts': KEPT,
        'train_dataloader.batch_size': 8,
    }
    for split in ('train', 'val'):
        options[f'{split}_dataloader.num_workers'] = 1
        options[f'{split}_dataloader.persistent_workers'] = True
    arguments = ['--work-dir', tmp_path / 'run', '--resume']
    arguments += as_arguments(options)
    done = 0
    for _ in range(STARTS):
        call = command('train', 'mlpe_tiny_synthetic.py', *arguments)
        cycles = watch_training(call, tmp_path / 'run', 60 * MINUTES / STARTS)
        check(cycles)
        newest = (tmp_path / 'run/last_checkpoint').read_text()
        epoch = int(Path(newest).stem.removeprefix('epoch_'))
        assert epoch == done + len(cycles), 'a training did not resume'
        done = epoch


def watch_training(
    call: list[str], work_dir: Path, seconds: float
) -> list[Cycle]:
    """Train; look at the training after each checkpoint; kill it in the end.

    The processes are killed when a checkpoint is complete, so that the next
    training resumes from it.
    """
    log = work_dir.parent / 'output.txt'
    with log.open('w') as output:
        process = subprocess.Popen(
            call,
            cwd=work_dir.parent,
            env={**os.environ, 'OMP_NUM_THREADS': '1'},
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    cycles, newest = [], read_newest(work_dir)
    end = time.monotonic() + seconds
    try:
        while time.monotonic() < end or len(cycles) < 12:
            # MMEngine empties the file before it writes the path
            while read_newest(work_dir) in ('', newest):
                assert process.poll() is None, log.read_text()[-5000:]
                assert time.monotonic() < end + 300, log.read_text()[-5000:]
                time.sleep(0.02)
            newest = read_newest(work_dir)
            cycles.append(look(process.pid, work_dir))
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    return cycles


def read_newest(work_dir: Path) -> str:
    """Return the path of the newest complete checkpoint, or nothing."""
    path = work_dir / 'last_checkpoint'
    return path.read_text() if path.exists() else ''


def look(pid: int, work_dir: Path) -> Cycle:
    """Look at the processes of a training and at its checkpoints."""
    checkpoints = []
    for path in work_dir.glob('epoch_*.pth'):
        # the training may be removing the oldest
        with contextlib.suppress(FileNotFoundError):
            checkpoints.append(path.stat().st_size / 2**20)
    return Cycle(read_processes(pid), checkpoints)


def read_processes(pid: int) -> list[Sample]:
    """Return what a process and each of its descendants use."""
    proc = Path('/proc', str(pid))
    memory = int((proc / 'statm').read_text().split()[1]) * PAGE / 2**20
    files = len(os.listdir(proc / 'fd'))
    threads = os.listdir(proc / 'task')
    processes = [Sample(memory, files, len(threads))]
    for thread in threads:
        children = (proc / 'task' / thread / 'children').read_text()
        for child in children.split():
            processes += read_processes(int(child))
    return processes


def summarise(cycles: list[Cycle], process: int) -> Sample:
    """Return the usual memory of a process, and its fewest files and threads.

    The fewest, because each batch on its way from a loader holds files open.
    """
    samples = [cycle.processes[process] for cycle in cycles]
    return Sample(
        statistics.median(sample.memory for sample in samples),
        min(sample.files for sample in samples),
        min(sample.threads for sample in samples),
    )


def check(cycles: list[Cycle]) -> None:
    """Print what each process uses, and check that it has not grown.

    The first quarter of the cycles is compared with the last. The second
    cycle is the first that has all processes: those that load the validation
    data start with the first validation. Those that load the training data
    start anew in each epoch.
    """
    disk = sum(cycles[-1].checkpoints)
    print(f'{len(cycles)} cycles, {disk:.1f} MiB of checkpoints')
    count = len(cycles[1].processes)
    # on a busy machine all of three cycles had a batch on its way
    quarter = max(5, len(cycles) // 4)
    assert {len(cycle.processes) for cycle in cycles[-quarter:]} == {count}
    for process in range(count):
        first = summarise(cycles[1 : quarter + 1], process)
        last = summarise(cycles[-quarter:], process)
        print(
            f'  process {process}: {first.memory:.0f} -> {last.memory:.0f} '
            f'MiB, {first.files} -> {last.files} files, '
            f'{first.threads} -> {last.threads} threads'
        )
        assert last.memory <= 1.05 * first.memory
        assert last.files <= first.files
        assert last.threads <= first.threads
    size = cycles[0].checkpoints[0]
    for cycle in cycles:
        # one more while the newest takes the place of the oldest
        assert len(cycle.checkpoints) <= KEPT + 1
        assert max(cycle.checkpoints) <= 1.05 * size
