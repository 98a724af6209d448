"""A suite on a machine that is lent: what is done gets off it."""

import csv
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from mlpe_mmpose.tools.synth.generator import generate_dataset

ROOT = Path(__file__).parents[2]
SUITE = """
config = 'mlpe_tiny_synthetic.py'
options = {'train_cfg.max_epochs': 1, 'param_scheduler': []}
experiments = [
    dict(name='bad', options={'train_dataloader.batch_size': -1}),
    dict(name='good', options={'train_cfg.max_epochs': 20}),
    dict(name='third', options={'model.head.level_occluded': 'ignore'}),
]
"""


@pytest.mark.long
def test_one_of_two_jobs_fails_and_the_other_is_finished_and_packed(tmp_path):
    generate_dataset(tmp_path / 'data', 4, 2, seed=0)
    (tmp_path / 'mine.py').write_text(SUITE)
    out = tmp_path / 'out'
    script = str(ROOT / 'benchmarks/gpu_suite.sh')
    done = subprocess.run(
        ['bash', script, str(out), '25', '--seeds', '1', '--jobs', '2'],
        cwd=ROOT,
        env=os.environ
        | dict(
            PYTHON=sys.executable,
            PYTHONPATH=str(ROOT),
            SUITE=str(tmp_path / 'mine.py'),
            DATA=str(tmp_path / 'data'),
        ),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.returncode == 1
    failed = done.stdout.index('bad, seed 0 failed: `mim train` failed')
    assert failed < done.stdout.index('good, seed 0: AP')
    assert 'batch_size' in done.stdout[failed:]
    # nothing is begun after a failure
    assert 'third' not in done.stdout
    with (out / 'runs.csv').open() as file:
        assert [x['experiment'] for x in csv.DictReader(file)] == ['good']
    with tarfile.open(out / 'results.tar.gz') as packed:
        assert packed.getnames() == ['runs/good/seed0/result.json']
