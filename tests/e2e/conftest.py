"""Runs `mim` as a user does, on small data."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from mmengine.config import Config
from mmengine.logging import MMLogger
from mmengine.runner import Runner
from trainings import CONFIGS, command, data_options

from mlpe_mmpose.tools.synth.generator import generate_dataset


@pytest.fixture
def mim(tmp_path: Path) -> Callable[..., str]:
    """Run a command in an empty folder; return its output."""

    def run(verb: str, config: str, *args: object, fails=False) -> str:
        done = subprocess.run(
            command(verb, config, *args),
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=400,
            check=False,
        )
        assert (done.returncode != 0) == fails, done.stdout[-5000:]
        return done.stdout

    return run


@pytest.fixture(scope='session')
def people(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A few generated people in COCO's layout."""
    root = tmp_path_factory.mktemp('people')
    generate_dataset(root, 16, 8, seed=0)
    return root


@pytest.fixture(scope='session')
def trained(people: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The work directory of a short training that writes all it can.

    These are checkpoints, the log, the config, pictures of the validation,
    how often OHKM picks each keypoint, and the files of TensorBoard.
    """
    folder = tmp_path_factory.mktemp('trained')
    # the lines that docs/train.md shows
    page = (CONFIGS.parent / 'docs/train.md').read_text()
    blocks = re.findall(r'```python\n(visualizer = .*?)```', page, re.DOTALL)
    (lines,) = (block for block in blocks if 'Tensorboard' in block)
    base = str(CONFIGS / 'mlpe_tiny_synthetic.py')
    (folder / 'watched.py').write_text(f'_base_ = {base!r}\n{lines}')
    config = Config.fromfile(folder / 'watched.py')
    config.merge_from_dict(
        {
            **data_options(people),
            'work_dir': str(folder / 'run'),
            'experiment_name': 'trained',
            'train_cfg.max_epochs': 2,
            'train_dataloader.batch_size': 8,
            'default_hooks.logger.interval': 1,
            'default_hooks.visualization.interval': 1,
            'model.head.refine_loss': dict(type='MLPEOHKMLoss', topk=8),
        }
    )
    runner = Runner.from_cfg(config)
    runner.train()
    # what other tests log would go into the same file
    MMLogger._instance_dict.pop(runner.experiment_name)
    return folder / 'run'
