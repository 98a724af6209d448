"""`mim train` and `mim test` as steps of a program."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import torch

TRAIN_LINE = re.compile(
    r'Epoch\(train\)\s+\[(?P<epoch>\d+)\]\[\s*(?P<step>\d+/\d+)\].*'
    r'eta: (?P<eta>\S+).*\sloss: (?P<loss>\S+).*acc_pose: (?P<acc>\S+)'
)
VAL_LINE = re.compile(r'Epoch\(val\) \[(?P<epoch>\d+)\].*coco/AP: (?P<ap>\S+)')
TRACEBACK = 'Traceback (most recent call last):\n'
KIB_PER_MIB = 1024
# MMPose's name of a metric -> the one that papers use
METRICS = {
    'AP': 'AP',
    'AP .5': 'AP50',
    'AP .75': 'AP75',
    'AP (M)': 'AP(M)',
    'AP (L)': 'AP(L)',
    'AR': 'AR',
}


def run_mim(
    verb: str,
    config: Path,
    args: Sequence[str],
    log: Path,
    say: Callable[[str], None],
    condense: Callable[[str], str | None] = lambda line: None,
) -> float:
    """Run a ``mim`` command, its output in a file, its progress said.

    Args:
        verb (str): ``'train'`` or ``'test'``
        config (Path): The config's file
        args (Sequence[str]): More arguments
        log (Path): Where all output goes; its folder is made
        say (callable): Takes the path of the log, and each line of progress
        condense (callable): Makes a line of progress of a line of output,
            or ``None``

    Returns:
        float: Most memory that a process of it has had, in MiB.

    Raises:
        RuntimeError: If the command fails; the message ends with its output.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    say(f'full output: {log}')
    command = [sys.executable, '-m', 'mim', verb, 'mmpose', str(config), *args]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors='replace',
    )
    try:
        with log.open('w') as file, process.stdout:
            for line in process.stdout:
                file.write(line)
                if news := condense(line):
                    say(news)
    finally:
        # after Ctrl-C, too, which the command has received as well
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(
            f'`mim {verb}` failed with status {process.returncode}. '
            f'The end of {log}:\n{_end_of(log.read_text())}'
        )
    return usage.ru_maxrss / KIB_PER_MIB


def _end_of(output: str) -> str:
    """The last lines that say why a command has failed."""
    lines = output.splitlines(True)
    if lines and lines[-1].startswith('subprocess.CalledProcessError'):
        # mim's own traceback, below that of the tool it has called
        starts = [i for i, line in enumerate(lines) if line == TRACEBACK]
        lines = lines[: starts[-1]]
    return ''.join(lines[-20:])


def epochs_done(work_dir: Path) -> int:
    """Epochs in the last checkpoint of a training, 0 if there is none."""
    pointer = work_dir / 'last_checkpoint'
    if not pointer.exists():
        return 0
    checkpoint = torch.load(pointer.read_text(), 'cpu', weights_only=True)
    return checkpoint['meta']['epoch']


def progress(line: str, epochs: int) -> str | None:
    """What a person wants to know of a line of MMEngine's log."""
    if match := TRAIN_LINE.search(line):
        return (
            f'epoch {match["epoch"]}/{epochs}  {match["step"]:>8}  '
            f'loss {float(match["loss"]):6.4g}  '
            f'accuracy {float(match["acc"]):.2f}  left {match["eta"]}'
        )
    if match := VAL_LINE.search(line):
        return (
            f'epoch {match["epoch"]}/{epochs}  held-out AP '
            f'{float(match["ap"]):.3f}'
        )
    return None
