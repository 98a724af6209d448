"""A config that validates on a file of its own is scored against that file."""

from pathlib import Path

import pytest

from mlpe_mmpose.shipped import find_shipped
from mlpe_mmpose.tools.compare.comparison import compare
from mlpe_mmpose.tools.compare.dataset import DataSet
from mlpe_mmpose.tools.compare.runs import plan_runs
from mlpe_mmpose.tools.compare.suite import Experiment, Suite
from mlpe_mmpose.tools.synth.generator import generate_dataset

TINY = 'configs/mlpe_tiny_synthetic.py'


@pytest.fixture
def config(tmp_path: Path) -> str:
    path = tmp_path / 'mine.py'
    path.write_text(
        f"_base_ = ['{find_shipped(TINY).resolve()}']\n"
        "val_dataloader = dict(dataset=dict(ann_file='a/val_500.json'))\n"
        'test_dataloader = val_dataloader\n'
    )
    return str(path)


@pytest.mark.parametrize(
    ('changes', 'file'),
    [
        ({}, 'a/val_500.json'),
        # a description of other data goes before the config
        (dict(val=dict(ann_file='b/val.json', img='val/')), 'b/val.json'),
    ],
)
def test_the_metrics_read_the_file_that_the_network_is_tested_on(
    config, tmp_path, changes, file
):
    data = DataSet(str(tmp_path), **changes)
    suite = Suite({}, (Experiment('own', config),))
    (run,) = plan_runs(suite, data, tmp_path / 'out', seeds=1)
    for split in 'val', 'test':
        assert run.config[f'{split}_dataloader'].dataset.ann_file == file
        evaluator = run.config[f'{split}_evaluator']
        assert evaluator.ann_file == f'{tmp_path}/{file}'


def test_the_file_that_only_a_config_names_is_checked_as_well(
    config, tmp_path
):
    root, out = tmp_path / 'people', tmp_path / 'out'
    generate_dataset(root, 2, 2, seed=0)
    suite = tmp_path / 'suite.py'
    suite.write_text(f"experiments = [dict(name='own', config={config!r})]")
    message = f'{root}/a/val_500.json is missing'
    with pytest.raises(FileNotFoundError, match=message):
        compare(str(suite), root, out, say=pytest.fail)
    (root / 'a').mkdir()
    (root / 'a/val_500.json').write_text('{}')
    with pytest.raises(ValueError, match=r"val_500\.json.*no 'images'"):
        compare(str(suite), root, out, say=pytest.fail)
    assert not out.exists()
