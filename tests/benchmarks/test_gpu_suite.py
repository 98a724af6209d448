"""A suite on a machine that is lent: what is done gets off it."""

import csv
import os
import signal
import subprocess
import sys
import tarfile
import time
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


def start(folder: Path, *more: str) -> subprocess.Popen:
    """Start the script on a folder's `mine.py`, with more arguments."""
    generate_dataset(folder / 'data', 4, 2, seed=0)
    script = str(ROOT / 'benchmarks/gpu_suite.sh')
    return subprocess.Popen(
        ['bash', script, str(folder / 'out'), '25', '--seeds', '1', *more],
        cwd=ROOT,
        env=os.environ
        | dict(
            PYTHON=sys.executable,
            PYTHONPATH=str(ROOT),
            SUITE=str(folder / 'mine.py'),
            DATA=str(folder / 'data'),
        ),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def names_packed(out: Path) -> set[str]:
    """Return the files of runs in the archive, without dates."""
    with tarfile.open(out / 'results.tar.gz') as packed:
        names = [Path(name) for name in packed.getnames()]
    return {f'{name.parts[1]}: {name.name}' for name in names}


@pytest.mark.long
def test_one_of_two_jobs_fails_and_the_other_is_finished_and_packed(tmp_path):
    (tmp_path / 'mine.py').write_text(SUITE)
    script = start(tmp_path, '--jobs', '2')
    said, _ = script.communicate()
    assert script.returncode == 1
    failed = said.index('bad, seed 0 failed: `mim train` failed')
    assert failed < said.index('good, seed 0: AP')
    assert 'batch_size' in said[failed:]
    # nothing is begun after a failure
    assert 'third' not in said
    out = tmp_path / 'out'
    with (out / 'runs.csv').open() as file:
        assert [x['experiment'] for x in csv.DictReader(file)] == ['good']
    packed = names_packed(out)
    assert {'good: result.json', 'good: scalars.json'} <= packed
    assert 'bad: train_from_epoch_0.log' in packed
    assert 'bad: result.json' not in packed


@pytest.mark.long
def test_a_script_that_is_stopped_packs_the_curves_of_what_it_has_begun(
    tmp_path,
):
    text = SUITE.replace("dict(name='bad'", "dict(name='first'")
    text = text.replace("'train_dataloader.batch_size': -1", '')
    (tmp_path / 'mine.py').write_text(text.replace("': 1,", "': 1000,"))
    script = start(tmp_path)
    while 'held-out AP' not in (line := script.stdout.readline()):
        assert line
    script.terminate()
    # `timeout` signals its command, and then the command's group
    time.sleep(0.03)
    script.terminate()
    script.communicate(timeout=60)
    assert script.returncode == 128 + signal.SIGTERM
    packed = names_packed(tmp_path / 'out')
    assert {'first: scalars.json', 'first: train_from_epoch_0.log'} <= packed
    assert not any(name.endswith('.pth') for name in packed)
