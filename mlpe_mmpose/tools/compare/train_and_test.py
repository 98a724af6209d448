"""Trains and tests a run of a comparison."""

import contextlib
import functools
import json
import re
import shlex
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import torch
from mmengine.config import Config

from ..machine import describe_machine
from ..mim_runs import run_mim
from ..output_file import write_then_check
from ..training_progress import count_epochs, format_progress
from .config_parts import sees_whole_images
from .runs import Run

# where there is a GPU, MMEngine logs its peak memory, in MiB, since the last
# line
GPU_MEMORY = re.compile(r'Epoch\(train\).*\smemory: (\d+)')


def train_and_test(run: Run, say: Callable[[str], None]) -> dict:
    """Train and test a run, store its result, and return it.

    A stopped training continues from its last checkpoint.

    Args:
        run (Run): The run, prepared
        say (callable): Takes each line of progress

    Raises:
        RuntimeError: If a command fails; the message ends with its output.
    """
    args = ['--work-dir', str(run.folder), '--resume']
    memory = _train(run, args, say)
    # many runs would fill a disk, so only the last checkpoint stays
    *earlier, last = sorted(
        run.folder.glob('epoch_*.pth'),
        key=lambda path: int(path.stem.removeprefix('epoch_')),
    )
    seconds = run.folder.glob('seconds_from_epoch_*.txt')
    result = dict(
        fingerprint=run.fingerprint,
        annotations=run.annotations,
        experiment=run.experiment.name,
        seed=run.seed,
        metrics=_test(run, last, say),
        curve=read_curve(run.folder),
        boxes=_name_boxes(run.config),
        **memory,
        train_seconds=sum(float(path.read_text()) for path in seconds),
        command=shlex.join(
            ['mim', 'train', 'mmpose', str(run.config_file), *args]
        ),
        machine=describe_machine(
            'cuda' if torch.cuda.is_available() else 'cpu'
        ),
    )
    with write_then_check(run.folder / 'result.json') as new:
        new.write_text(json.dumps(result, indent=1))
    for path in earlier:
        path.unlink()
    return result


def _name_boxes(config: Config) -> str:
    """Say which boxes a network is tested with."""
    if sees_whole_images(config):
        return 'none, whole images'
    boxes = config.test_dataloader.dataset.get('bbox_file')
    return 'detected' if boxes else 'ground truth'


def _train(
    run: Run, args: list[str], say: Callable[[str], None]
) -> dict[str, float]:
    """Train to the end, and return the peak memory of process and GPU in MiB.

    It is that since the last stop, and empty if the training was finished
    before.
    """
    wanted = run.config.train_cfg.max_epochs
    done = count_epochs(run.folder)
    if done >= wanted:
        return {}
    if done:
        say(f'continues after epoch {done} of {wanted}')
    log = run.folder / f'train_from_epoch_{done}.log'
    progress = functools.partial(format_progress, epochs=wanted)
    with _timed(run.folder / f'seconds_from_epoch_{done}.txt'):
        peak = run_mim('train', run.config_file, args, log, say, progress)
    memory = dict(peak_memory_mib=peak) if peak else {}
    if on_gpu := GPU_MEMORY.findall(log.read_text()):
        memory['peak_gpu_memory_mib'] = max(map(float, on_gpu))
    return memory


@contextlib.contextmanager
def _timed(path: Path) -> Iterator[None]:
    """Add the seconds of a block to those in a file, even if it is stopped."""
    start = time.perf_counter()
    try:
        yield
    finally:
        # a training that is stopped in its first epoch begins there again
        before = float(path.read_text()) if path.exists() else 0
        seconds = before + time.perf_counter() - start
        with write_then_check(path) as new:
            new.write_text(f'{seconds}\n')


def _test(
    run: Run, checkpoint: Path, say: Callable[[str], None]
) -> dict[str, float]:
    """Test a checkpoint, and return the metrics without their prefix."""
    out = run.folder / 'metrics.json'
    args = ['-C', str(checkpoint), '--work-dir', str(run.folder / 'test')]
    args += ['--out', str(out)]
    run_mim('test', run.config_file, args, run.folder / 'test.log', say)
    metrics = json.loads(out.read_text())
    # times have no prefix
    named = {key.rpartition('/')[::2]: value for key, value in metrics.items()}
    return {name: value for (prefix, name), value in named.items() if prefix}


def read_curve(folder: Path) -> list[tuple[int, float]]:
    """Return the epoch and the AP of each validation of a training."""
    curve = {}
    # a training that was continued has several files
    for path in sorted(folder.glob('*/vis_data/scalars.json')):
        for line in path.read_text().splitlines():
            try:
                values = json.loads(line)
            except json.JSONDecodeError:  # a stop has cut the line
                continue
            found = [v for key, v in values.items() if key.endswith('/AP')]
            if found:
                curve[values['step']] = found[0]
    return sorted(curve.items())
