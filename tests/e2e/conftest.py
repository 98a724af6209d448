"""Runs `mim` as a user does, on small data."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from trainings import command

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
