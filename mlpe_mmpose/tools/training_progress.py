"""How far a training is, and what it has found."""

import re
from pathlib import Path

from ..engine.checkpoint_files import find_newest_checkpoint

TRAIN_LINE = re.compile(
    r'Epoch\(train\)\s+\[(?P<epoch>\d+)\]\[\s*(?P<step>\d+/\d+)\].*'
    r'eta: (?P<eta>\S+).*\sloss: (?P<loss>\S+)(?:.*acc_pose: (?P<acc>\S+))?'
)
VAL_LINE = re.compile(r'Epoch\(val\) \[(?P<epoch>\d+)\].*\w/AP: (?P<ap>\S+)')
# name of a metric in MMPose -> name of the metric in papers
METRICS = {
    'AP': 'AP',
    'AP .5': 'AP50',
    'AP .75': 'AP75',
    'AP (M)': 'AP(M)',
    'AP (L)': 'AP(L)',
    'AR': 'AR',
}


def count_epochs(work_dir: Path) -> int:
    """Return the epochs of the checkpoint from which `--resume` continues.

    It is the newest that can be read. Without one, the result is 0.
    """
    path, checkpoint, _ = find_newest_checkpoint(work_dir)
    return checkpoint['meta']['epoch'] if path else 0


def format_progress(line: str, epochs: int) -> str | None:
    """Turn a line of MMEngine's log into a line of progress, or ``None``."""
    if match := TRAIN_LINE.search(line):
        # some heads log no accuracy
        accuracy = match['acc'] and f'accuracy {float(match["acc"]):.2f}  '
        return (
            f'epoch {match["epoch"]}/{epochs}  {match["step"]:>8}  '
            f'loss {float(match["loss"]):6.4g}  {accuracy or ""}'
            f'left {match["eta"]}'
        )
    if match := VAL_LINE.search(line):
        return (
            f'epoch {match["epoch"]}/{epochs}  held-out AP '
            f'{float(match["ap"]):.3f}'
        )
    return None
