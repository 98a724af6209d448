"""The whole way, small: generate people, train, test, draw."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import torch
from mmengine.config import Config

from mlpe_mmpose.datasets.synthetic import generate_dataset
from mlpe_mmpose.evaluation.pictures import draw_pairs
from mlpe_mmpose.shipped import find_shipped

CONFIG = 'configs/mlpe_tiny_synthetic.py'
# what its config expects
DATA_ROOT = Path('data/synthetic')
WORK_DIR = Path('work_dirs/mlpe_tiny_synthetic')
# enough people for an AP above 0.5, few enough to generate in seconds
TRAIN_IMAGES, VAL_IMAGES, SEED = 2400, 240, 0

# MMPose's name of a metric -> the one that papers use
METRICS = {
    'AP': 'AP',
    'AP .5': 'AP50',
    'AP .75': 'AP75',
    'AP (M)': 'AP(M)',
    'AP (L)': 'AP(L)',
    'AR': 'AR',
}
TRAIN_LINE = re.compile(
    r'Epoch\(train\)\s+\[(?P<epoch>\d+)\]\[\s*(?P<step>\d+/\d+)\].*'
    r'eta: (?P<eta>\S+).*\sloss: (?P<loss>\S+).*acc_pose: (?P<acc>\S+)'
)
VAL_LINE = re.compile(r'Epoch\(val\) \[(?P<epoch>\d+)\].*coco/AP: (?P<ap>\S+)')


def run_demo(say: Callable[[str], None] = print) -> list[Path]:
    """Generate, train, test and draw, reusing what is there already.

    Works below the current folder, in ``data/synthetic`` and
    ``work_dirs/mlpe_tiny_synthetic``. A training that was stopped goes on
    from its last checkpoint.

    Args:
        say (callable): Takes each line of progress. Defaults to ``print``

    Returns:
        list[Path]: The pictures, ground truth beside prediction.

    Raises:
        RuntimeError: If a command fails; the message ends with its output.
    """
    config = find_shipped(CONFIG)
    say(f'== 1/4 people: {DATA_ROOT}')
    summary = generate_dataset(DATA_ROOT, TRAIN_IMAGES, VAL_IMAGES, SEED)
    how = 'there already' if summary.reused else f'{summary.seconds:.0f} s'
    say(f'{summary.images} images, {summary.people} people ({how})')

    say(f'== 2/4 training: mim train mmpose {config}')
    checkpoint = train(config, say)
    say(f'== 3/4 testing: mim test mmpose {config} -C {checkpoint}')
    metrics = test(config, checkpoint, say)
    say('COCO keypoint metrics on the held-out images:')
    say(
        '   '.join(
            f'{name} {metrics["coco/" + key]:.3f}'
            for key, name in METRICS.items()
        )
    )

    say(f'== 4/4 pictures: {WORK_DIR / "pictures"}')
    return draw()


def train(config: Path, say: Callable[[str], None]) -> Path:
    """Train to the end, from where it stopped; return the best checkpoint."""
    done = _epochs_done()
    wanted = Config.fromfile(config).train_cfg.max_epochs
    if done >= wanted:
        say(f'trained already, {done} epochs; remove {WORK_DIR} to train anew')
    else:
        if done:
            say(f'goes on after epoch {done} of {wanted}')
        args = ['--work-dir', str(WORK_DIR), '--resume']
        _mim('train', config, args, say, lambda m: _progress(m, wanted))
    checkpoints = WORK_DIR.glob('best_coco_AP_epoch_*.pth')
    return max(checkpoints, key=lambda path: path.stat().st_mtime)


def test(
    config: Path, checkpoint: Path, say: Callable[[str], None]
) -> dict[str, float]:
    """Test a checkpoint, unless that was done; return COCO's metrics."""
    metrics_file = WORK_DIR / 'metrics.json'
    newer = checkpoint.stat().st_mtime
    if metrics_file.exists() and metrics_file.stat().st_mtime > newer:
        say(f'tested already: {metrics_file}')
    else:
        args = ['-C', str(checkpoint), '--work-dir', str(WORK_DIR)]
        args += ['--out', str(metrics_file)]
        prefix = f'test_evaluator.outfile_prefix={WORK_DIR / "results"}'
        args += ['--cfg-options', prefix]
        _mim('test', config, args, say, lambda line: None)
    return json.loads(metrics_file.read_text())


def draw() -> list[Path]:
    """Draw the tested predictions beside the ground truth."""
    return draw_pairs(
        DATA_ROOT / 'annotations/person_keypoints_val2017.json',
        WORK_DIR / 'results.keypoints.json',
        DATA_ROOT / 'val2017',
        WORK_DIR / 'pictures',
    )


def _epochs_done() -> int:
    """Epochs in the last checkpoint, 0 if there is none."""
    pointer = WORK_DIR / 'last_checkpoint'
    if not pointer.exists():
        return 0
    checkpoint = torch.load(pointer.read_text(), 'cpu', weights_only=True)
    return checkpoint['meta']['epoch']


def _progress(line: str, epochs: int) -> str | None:
    """What a person wants to know of a line of MMEngine's log."""
    if match := TRAIN_LINE.search(line):
        return (
            f'epoch {match["epoch"]}/{epochs}  {match["step"]:>8}  '
            f'loss {float(match["loss"]):6.1f}  '
            f'accuracy {float(match["acc"]):.2f}  left {match["eta"]}'
        )
    if match := VAL_LINE.search(line):
        return (
            f'epoch {match["epoch"]}/{epochs}  held-out AP '
            f'{float(match["ap"]):.3f}'
        )
    return None


def _mim(
    verb: str,
    config: Path,
    args: list[str],
    say: Callable[[str], None],
    condense: Callable[[str], str | None],
) -> None:
    """Run a ``mim`` command, its output in a file, its progress said."""
    WORK_DIR.mkdir(parents=True, exist_ok=True)
    log = WORK_DIR / f'{verb}.log'
    say(f'full output: {log}')
    command = [sys.executable, '-m', 'mim', verb, 'mmpose', str(config), *args]
    with (
        log.open('w') as file,
        subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors='replace',
        ) as process,
    ):
        for line in process.stdout:
            file.write(line)
            if news := condense(line):
                say(news)
    if process.returncode:
        tail = ''.join(log.read_text().splitlines(True)[-20:])
        raise RuntimeError(
            f'`mim {verb}` failed with status {process.returncode}. '
            f'The end of {log}:\n{tail}'
        )
