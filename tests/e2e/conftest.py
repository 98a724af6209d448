"""Runs `mim` as a user does, on small data."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from mlpe_mmpose.tools.synth.generator import generate_dataset

CONFIGS = Path(__file__).parents[2] / 'configs'
AP_LINE = re.compile(r'coco/AP: (-?[\d.]+)')


def command(verb: str, config: str, *args: object) -> list[str]:
    """`mim VERB mmpose CONFIG ...` of this environment."""
    path = str(CONFIGS / config)
    mim = [sys.executable, '-m', 'mim', verb, 'mmpose', path]
    return mim + [str(arg) for arg in args]


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


def last_ap(output: str) -> float:
    """The AP that a run has logged last."""
    return float(AP_LINE.findall(output)[-1])


def data_options(root: Path) -> dict[str, object]:
    """Options that put a data set of COCO's layout under a config."""
    options = {}
    for split in ('train', 'val', 'test'):
        options[f'{split}_dataloader.dataset.data_root'] = f'{root}/'
        options[f'{split}_dataloader.num_workers'] = 0
        options[f'{split}_dataloader.persistent_workers'] = False
    ann_file = f'{root}/annotations/person_keypoints_val2017.json'
    for split in ('val', 'test'):
        options[f'{split}_evaluator.ann_file'] = ann_file
    return options


def as_arguments(options: dict[str, object]) -> list[str]:
    """`--cfg-options key=value ...`."""
    return [
        '--cfg-options',
        *(f'{key}={value}' for key, value in options.items()),
    ]


@pytest.fixture(scope='session')
def people(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A few generated people in COCO's layout."""
    root = tmp_path_factory.mktemp('people')
    generate_dataset(root, 16, 8, seed=0)
    return root
