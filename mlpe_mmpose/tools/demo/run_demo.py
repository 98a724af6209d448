"""Generates people, trains a tiny model on them, tests it, and draws."""

import json
from collections.abc import Callable
from pathlib import Path

from mmengine.config import Config

from mlpe_mmpose.apis import generate_dataset
from mlpe_mmpose.shipped import find_shipped

from ..mim_runs import run_mim
from ..training_progress import METRICS, count_epochs, format_progress
from .pictures import draw_pairs

CONFIG = 'configs/mlpe_tiny_synthetic.py'
# the data folder that the config expects
DATA_ROOT = Path('data/synthetic')
WORK_DIR = Path('work_dirs/mlpe_tiny_synthetic')
# our choice: AP reaches 0.65, and generating takes seconds
TRAIN_IMAGES, VAL_IMAGES, SEED = 2400, 240, 0


def run_demo(say: Callable[[str], None] = print) -> list[Path]:
    """Generate, train, test and draw; finished steps are not repeated.

    All files go to ``data/synthetic`` and ``work_dirs/mlpe_tiny_synthetic``
    in the current folder. A stopped training continues from its last
    checkpoint.

    Args:
        say (callable): Takes each line of progress. Defaults to ``print``

    Returns:
        list[Path]: The pictures of ground truth and prediction.

    Raises:
        ValueError: If ``data/synthetic`` holds something else.
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
    figures = [
        f'{x} {metrics["coco/" + key]:.3f}' for key, x in METRICS.items()
    ]
    say('   '.join(figures))
    pictures = WORK_DIR / 'pictures'
    say(f'== 4/4 pictures: {pictures}')
    return draw_pairs(
        DATA_ROOT / 'annotations/person_keypoints_val2017.json',
        WORK_DIR / 'results.keypoints.json',
        DATA_ROOT / 'val2017',
        pictures,
    )


def train(config: Path, say: Callable[[str], None]) -> Path:
    """Train or continue to the end, and return the best checkpoint."""
    done = count_epochs(WORK_DIR)
    wanted = Config.fromfile(config).train_cfg.max_epochs
    if done >= wanted:
        say(f'trained already, {done} epochs; remove {WORK_DIR} to train anew')
    else:
        if done:
            say(f'continues after epoch {done} of {wanted}')
        args = ['--work-dir', str(WORK_DIR), '--resume']
        run_mim(
            'train',
            config,
            args,
            WORK_DIR / 'train.log',
            say,
            lambda line: format_progress(line, wanted),
        )
    checkpoints = WORK_DIR.glob('best_coco_AP_epoch_*.pth')
    return max(checkpoints, key=lambda path: path.stat().st_mtime)


def test(
    config: Path, checkpoint: Path, say: Callable[[str], None]
) -> dict[str, float]:
    """Test a checkpoint if necessary, and return COCO's metrics."""
    metrics_file = WORK_DIR / 'metrics.json'
    newer = checkpoint.stat().st_mtime
    if metrics_file.exists() and metrics_file.stat().st_mtime > newer:
        say(f'tested already: {metrics_file}')
    else:
        args = ['-C', str(checkpoint), '--work-dir', str(WORK_DIR)]
        args += ['--out', str(metrics_file)]
        prefix = f'test_evaluator.outfile_prefix={WORK_DIR / "results"}'
        args += ['--cfg-options', prefix]
        run_mim('test', config, args, WORK_DIR / 'test.log', say)
    return json.loads(metrics_file.read_text())
