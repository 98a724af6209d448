"""The stored results of the shipped suites belong to today's configs."""

import inspect
import re
import shutil
from pathlib import Path

import pytest
from mmengine.config import Config
from mmengine.runner import Runner

from mlpe_mmpose.shipped import find_shipped
from mlpe_mmpose.tools.compare.dataset import read_dataset
from mlpe_mmpose.tools.compare.run_config import fingerprint_of
from mlpe_mmpose.tools.compare.runs import plan_runs
from mlpe_mmpose.tools.compare.suite import load_suite

RESULTS = Path(__file__).parents[3] / 'docs' / 'results'
DATA = dict.fromkeys(('lspet', 'lspet_gpu', 'lspet_tuned'), 'data/lspet')
# suites of which some runs are still to come
UNFINISHED = {'lspet', 'lspet_gpu', 'lspet_tuned', 'tiny_steps', 'tiny_tuned'}


@pytest.mark.parametrize('suite', sorted(p.name for p in RESULTS.iterdir()))
def test_stored_results_are_valid_for_the_configs_of_today(
    suite, tmp_path, monkeypatch
):
    out = Path('docs/results', suite)
    monkeypatch.chdir(tmp_path)
    shutil.copytree(RESULTS / suite, out)
    stored = {path.parent for path in out.glob('runs/*/*/result.json')}
    loaded = load_suite(suite)
    # paths of data are part of a config, so they have to be the same
    data = read_dataset(DATA.get(suite, 'data/overlap'), loaded.data)
    # rows that were close have more seeds than compare's default of 3
    seeds = max([3, *(int(folder.name[4:]) + 1 for folder in stored)])
    runs = plan_runs(loaded, data, out, seeds=seeds)
    finished = [run for run in runs if run.folder in stored]
    assert len(finished) == len(stored)
    assert suite in UNFINISHED or len(stored) == len(runs)
    for run in finished:
        # a result of another config raises an error
        result = run.result()
        assert result['experiment'] == run.experiment.name
        assert result['seed'] == run.seed


def test_only_what_is_read_counts_for_the_fingerprint():
    config = Config.fromfile(find_shipped('configs/mlpe_tiny_synthetic.py'))
    before = fingerprint_of(config)
    config.a_variable_that_helps = 3
    assert fingerprint_of(config) == before
    # each key by which MMEngine builds a Runner
    built = inspect.getsource(Runner.from_cfg)
    keys = set(re.findall(r"cfg\.get\('(\w+)'|cfg\['(\w+)'\]", built))
    assert len(keys) > 20
    for key in {first or second for first, second in keys}:
        changed = Config({**config, key: 'something else'})
        assert fingerprint_of(changed) != before, key
