"""A comparison runs what is left, within its time, and keeps the rest."""

import csv
import fcntl
import json
import os
import shlex
import shutil
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from mmengine.config import Config

from mlpe_mmpose.tools.compare import comparison, schedule
from mlpe_mmpose.tools.compare.comparison import compare
from mlpe_mmpose.tools.compare.dataset import DataSet
from mlpe_mmpose.tools.compare.run_config import fingerprint_of
from mlpe_mmpose.tools.compare.runs import Run, plan_runs
from mlpe_mmpose.tools.compare.suite import load_suite
from mlpe_mmpose.tools.synth.generator import generate_dataset
from mlpe_mmpose.tools.training_progress import METRICS

SUITE = """
options = {'train_cfg.max_epochs': 1, 'param_scheduler': []}
experiments = [
    dict(name='first', config='mlpe_tiny_synthetic.py'),
    dict(
        name='second',
        config='mlpe_tiny_synthetic.py',
        options={'model.head.level_occluded': 'ignore'},
        against='first',
    ),
]
"""


@pytest.fixture
def suite(tmp_path: Path) -> str:
    path = tmp_path / 'mine.py'
    path.write_text(SUITE)
    return str(path)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    # as text of `--cfg-options`, this path was none
    folder = tmp_path / "people, [new] and 'old'"
    generate_dataset(folder, 4, 2, seed=0)
    return folder


def seeds_in(out: Path) -> list[tuple[str, str]]:
    """Name and seed of all runs in the table of runs."""
    with (out / 'runs.csv').open() as file:
        return [(x['experiment'], x['seed']) for x in csv.DictReader(file)]


@pytest.mark.long
def test_runs_beyond_the_time_are_left_to_the_next_call(suite, data, tmp_path):
    out = tmp_path / 'the results'
    said = []
    # seconds enough to begin one, and too few for two that import torch twice
    compare(suite, data, out, seeds=1, minutes=0.3, say=said.append)
    assert seeds_in(out) == [('first', '0')]
    assert said[-1] == (
        'out of time; runs left: 1. The same command continues with them.'
    )

    said.clear()
    rows = compare(suite, data, out, seeds=1, say=said.append)
    assert [line for line in said if line.startswith('==')] == [
        '== run 1 of 1: second, seed 0'
    ]
    assert seeds_in(out) == [('first', '0'), ('second', '0')]
    for row in rows:
        (result,) = row.results
        assert 0 <= result['metrics']['AP'] <= 1
        assert 0 <= result['metrics']['PCK'] <= 1
        # the one validation was of the weights and the boxes of the test
        ((epoch, ap),) = result['curve']
        assert (epoch, ap) == (1, pytest.approx(result['metrics']['AP']))
        assert f'torch {torch.__version__}' in result['machine']
        # torch alone takes more
        assert result['peak_memory_mib'] > 100
        _, _, _, config, *_ = shlex.split(result['command'])
        # MMEngine's own dump of what its runner has trained
        trained = Config.fromfile(Path(config).parents[1] / 'run.py')
        rest = dict(trained.items(), resume=False)
        del rest['work_dir'], rest['launcher']
        assert fingerprint_of(Config(rest)) == result['fingerprint']
        assert trained.val_evaluator.ann_file.startswith(f'{data}/')
        second = trained.model.head.get('level_occluded') == 'ignore'
        assert second == (result['experiment'] == 'second')


@pytest.mark.long
def test_runs_at_the_same_time_find_what_runs_in_turn_find(
    suite, data, tmp_path
):
    said = []
    in_turn = compare(suite, data, tmp_path / 'one', seeds=1)
    together = compare(
        suite, data, tmp_path / 'two', seeds=1, jobs=2, say=said.append
    )
    for one, two in zip(in_turn, together, strict=True):
        assert one.results[0]['metrics'] == two.results[0]['metrics']
        assert one.results[0]['curve'] == two.results[0]['curve']
    assert seeds_in(tmp_path / 'two') == [('first', '0'), ('second', '0')]
    # both have begun before one of them has ended, and each line has a name
    second = said.index('== run 2 of 2: second, seed 0')
    assert '== run 1 of 2: first, seed 0' in said[:second]
    assert not any('AP' in line for line in said[:second])
    starts = '== run', 'first, seed 0: ', 'second, seed 0: '
    assert all(line.startswith(starts) for line in said)


def test_no_run_at_a_time_is_refused(suite, data, tmp_path):
    with pytest.raises(ValueError, match='at least one job, got 0'):
        compare(suite, data, tmp_path / 'out', jobs=0)
    assert not (tmp_path / 'out').exists()


def test_a_time_that_is_no_number_is_refused(suite, data, tmp_path):
    with pytest.raises(ValueError, match='needs minutes, got nan'):
        compare(suite, data, tmp_path / 'out', minutes=float('nan'))
    assert not (tmp_path / 'out').exists()


@pytest.mark.long
def test_a_run_that_was_stopped_goes_on_after_its_last_epoch(
    suite, data, tmp_path
):
    out, said = tmp_path / 'out', []
    compare(suite, data, out, seeds=1, only=['first'])
    folder = out / 'runs/first/seed0'
    # as if it had been stopped after the first epoch of two
    (folder / 'result.json').unlink()
    (folder / 'config/run.py').unlink()
    Path(suite).write_text(SUITE.replace("max_epochs': 1", "max_epochs': 2"))
    row, _ = compare(suite, data, out, 1, only=['first'], say=said.append)
    assert 'continues after epoch 1 of 2' in said
    assert [path.name for path in folder.glob('epoch_*.pth')] == [
        'epoch_2.pth'
    ]
    (result,) = row.results
    assert [epoch for epoch, _ in result['curve']] == [1, 2]
    sittings = folder.glob('seconds_from_epoch_*.txt')
    seconds = [float(path.read_text()) for path in sittings]
    assert len(seconds) == 2
    assert result['train_seconds'] == pytest.approx(sum(seconds))


def store_result(run: Run) -> None:
    """Write a result as if the run had been trained."""
    result = dict(
        fingerprint=run.fingerprint,
        experiment=run.experiment.name,
        seed=run.seed,
        metrics=dict.fromkeys(METRICS, 0.5 + run.seed / 10),
        boxes='ground truth',
        peak_memory_mib=1.0,
        train_seconds=1.0,
        command='mim train',
        machine='of mine',
    )
    run.folder.mkdir(parents=True)
    (run.folder / 'result.json').write_text(json.dumps(result))


def test_tables_keep_seeds_that_an_earlier_call_found(suite, data, tmp_path):
    out = tmp_path / 'out'
    for run in plan_runs(load_suite(suite), DataSet(data), out, seeds=2):
        store_result(run)
    # a copy that the user has kept is no run
    shutil.copytree(run.folder, run.folder.with_name('seed_kept'))
    for call in (dict(seeds=1), dict(seeds=2, only=['first'])):
        said = []
        compare(suite, data, out, **call, say=said.append)
        assert said == [
            'all runs are done; to train one again, remove its folder'
        ]
        assert seeds_in(out) == [
            (name, seed) for name in ('first', 'second') for seed in '01'
        ]


def test_seeds_without_a_result_are_not_planned(suite, data, tmp_path):
    out, last = tmp_path / 'out', 10**8
    loaded = load_suite(suite)
    # planning all seeds below the last one would not end
    for run in plan_runs(loaded, DataSet(data), out, 1, [last]):
        store_result(run)
    compare(suite, data, out, seeds=1, say=lambda _: None)
    assert seeds_in(out) == [
        (name, seed)
        for name in ('first', 'second')
        for seed in ('0', f'{last}')
    ]


def test_a_config_that_cannot_be_trained_is_refused_before_any_training(
    suite, data, tmp_path
):
    for option, message in (
        ("{'model.head.topk': 3}", r"of experiment 'second'.*'topk'"),
        ("{'optim_wrapper.optimizer.lr': float('inf')}", "'second': .*lr = i"),
    ):
        text = SUITE.replace("{'model.head.level_occluded': 'ignore'}", option)
        Path(suite).write_text(text)
        with pytest.raises(ValueError, match=message):
            compare(suite, data, tmp_path / 'out', say=pytest.fail)


def test_a_model_that_cannot_be_built_stops_no_call_for_others(
    suite, data, tmp_path
):
    wrong = "{'model.head.topk': 3}"
    text = SUITE.replace("{'model.head.level_occluded': 'ignore'}", wrong)
    Path(suite).write_text(text)
    out = tmp_path / 'out'
    first, _ = plan_runs(load_suite(suite), DataSet(data), out, seeds=1)
    store_result(first)
    rows = compare(suite, data, out, seeds=1, only=['first'], say=str)
    assert rows[0].costs.parameters > 0
    assert rows[1].costs is None
    with pytest.raises(ValueError, match=r"of experiment 'second'.*'topk'"):
        compare(suite, data, out, seeds=1, only=['second'], say=pytest.fail)


def test_wrong_names_are_answered_with_the_right_ones(suite, data, tmp_path):
    out = tmp_path / 'out'
    with pytest.raises(ValueError, match="experiment 'x'; it has first, sec"):
        compare(suite, data, out, only=['x', 'first'])
    with pytest.raises(NotADirectoryError, match=f'{suite} is a file'):
        compare(suite, data, suite)
    assert not out.exists()


def test_names_from_an_iterator_are_those_that_are_run(
    suite, data, tmp_path, monkeypatch
):
    begun = []

    def do_runs(left, *_):
        begun.extend(left)
        yield from ()

    monkeypatch.setattr(comparison, 'do_runs', do_runs)
    only, out = iter(['second']), tmp_path / 'out'
    compare(suite, data, out, 1, only, say=str)
    assert [run.title for run in begun] == ['second, seed 0']


def test_the_first_run_begins_even_if_no_time_is_left(monkeypatch):
    begun = []

    def train(run, say):
        begun.append(run.title)
        return dict(metrics=dict(AP=0.5))

    monkeypatch.setattr(schedule, 'train_and_test', train)
    runs = [SimpleNamespace(title=name) for name in ('first', 'second')]
    said = []
    past = time.monotonic() - 1
    assert len(list(schedule.do_runs(runs, 1, past, said.append))) == 1
    assert begun == ['first']
    assert 'out of time; runs left: 1.' in said[-1]


def test_two_comparisons_in_one_folder_are_refused(data, tmp_path):
    out = tmp_path / 'out'
    out.mkdir()
    # as another process would hold it
    folder = os.open(out, os.O_RDONLY)
    fcntl.flock(folder, fcntl.LOCK_EX)
    with pytest.raises(RuntimeError, match=f'is at work in {out}'):
        compare('tiny', data, out, say=str)
    assert not list(out.iterdir())
    os.close(folder)
