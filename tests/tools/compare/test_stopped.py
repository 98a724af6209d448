"""A comparison that is stopped takes its trainings with it."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from mlpe_mmpose.tools.synth.generator import generate_dataset

ROOT = Path(__file__).parents[3]
# so long that no training ends by itself
SUITE = """
options = {'train_cfg.max_epochs': 1000, 'train_cfg.val_begin': 1000}
experiments = [dict(name='first', config='mlpe_tiny_synthetic.py')]
"""


@pytest.fixture
def arguments(tmp_path: Path) -> Iterator[list[str]]:
    generate_dataset(tmp_path / 'data', 4, 2, seed=0)
    (tmp_path / 'mine.py').write_text(SUITE)
    out = ['--out', str(tmp_path / 'out')]
    yield [str(tmp_path / 'mine.py'), '--data', str(tmp_path / 'data'), *out]
    # the program as well, if a test has failed
    for process in processes_of(tmp_path):
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


def start(arguments: list[str]) -> subprocess.Popen:
    """Start `compare` as a user does."""
    return subprocess.Popen(
        [sys.executable, '-m', 'mlpe_mmpose', 'compare', *arguments],
        cwd=ROOT,
        env=os.environ | {'PYTHONPATH': str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def wait_for(pattern: str, process: subprocess.Popen) -> str:
    """Read the output up to a line, and return what the pattern finds."""
    said = []
    for line in process.stdout:
        said.append(line)
        if found := re.search(pattern, line):
            return found[0]
    pytest.fail(f'no {pattern!r} in {"".join(said)}')


def processes_of(folder: Path) -> list[int]:
    """Return the processes that were called with a path in a folder."""
    found = []
    for file in Path('/proc').glob('[0-9]*/cmdline'):
        try:
            if f'{folder}/'.encode() in file.read_bytes():
                found.append(int(file.parent.name))
        except OSError:  # it has ended meanwhile
            continue
    return found


@pytest.mark.long
def test_a_stop_ends_the_training_and_the_same_command_continues(
    arguments, tmp_path
):
    folder = tmp_path / 'out/runs/first/seed0'
    # `kill PID`, and Ctrl-C that reaches only the program itself
    for number in signal.SIGTERM, signal.SIGINT:
        begin = time.monotonic()
        process = start(arguments)
        if number == signal.SIGINT:
            wait_for(r'first, seed 0', process)
            wait_for(r'continues after epoch [1-9]\d* of 1000', process)
        wait_for(r'epoch \d+/1000', process)
        while not (folder / 'last_checkpoint').exists():
            time.sleep(0.1)
        # mim, and MMPose's script
        assert len(processes_of(folder)) >= 2
        process.send_signal(number)
        # an impatient user, or `timeout`; not at once, when Linux would make
        # one signal of two
        time.sleep(0.03)
        process.send_signal(number)
        output, _ = process.communicate(timeout=20)
        assert process.returncode == 130
        assert 'stopped; the same command continues from here' in output
        assert processes_of(folder) == []
        # what was trained until the stop counts
        times = {p.name: p for p in folder.glob('seconds_from_epoch_*.txt')}
        assert 'seconds_from_epoch_0.txt' in times
        last = max(times.values(), key=lambda path: path.stat().st_mtime)
        assert 1 < float(last.read_text()) < time.monotonic() - begin
    assert len(times) == 2


@pytest.mark.long
def test_a_training_that_a_killed_program_has_left_is_not_doubled(
    arguments, tmp_path
):
    process = start(arguments)
    wait_for(r'epoch \d+/1000', process)
    process.kill()
    process.communicate()
    folder = tmp_path / 'out/runs/first/seed0'
    left = processes_of(folder)
    again = start(arguments)
    output, _ = again.communicate(timeout=120)
    assert again.returncode == 1
    assert f'still at work in {folder}. Wait for its end, or stop' in output
    # mim, and MMPose's script, and nobody else
    assert len(left) >= 2
    assert set(processes_of(folder)) <= set(left)
