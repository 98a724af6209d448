"""A small generated data set that all tests of it read."""

from pathlib import Path

import pytest

from mlpe_mmpose.tools.synth.generator import generate_dataset


@pytest.fixture(scope='session')
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out_dir = tmp_path_factory.mktemp('synth') / 'data'
    generate_dataset(out_dir, 6, 30, seed=0)
    return out_dir
