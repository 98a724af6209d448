"""The benchmarks' table says what was measured."""

from pathlib import Path

import pytest
from mlpe_benchmarks import harness, run_all

from mlpe_mmpose import tools as cli

FOLDER = Path(__file__).parents[2] / 'benchmarks/mlpe_benchmarks'
QUICK = harness.Options(quick=True, device='cpu')


def row(unit: str) -> harness.Row:
    return harness.Row('what', 'size', 'peer', 8.0, 2.0, unit, 3, 'equal')


def test_a_higher_figure_is_better_only_for_rates():
    assert row('ms').ratio == 4
    assert row('bytes').ratio == 4
    assert row('persons/s').ratio == 0.25


def test_a_difference_above_the_bound_is_an_error():
    assert harness.check_difference('value', 1e-6, 1e-5).startswith(
        'value to 1e-06'
    )
    with pytest.raises(AssertionError, match=r'value.*0\.1, more than 0\.01'):
        harness.check_difference('value', 0.1, 0.01)


def test_both_sides_are_called_equally_often():
    calls = []
    seconds = harness.take_turns(
        lambda: calls.append('ours'), lambda: calls.append('peer'), QUICK
    )
    assert calls == ['ours', 'peer'] * (QUICK.turns + 1)
    assert min(seconds) > 0


def test_every_module_that_measures_is_listed_as_a_benchmark():
    scripts = {
        path.stem
        for path in FOLDER.glob('*.py')
        if '\ndef measure(' in path.read_text()
    }
    assert scripts == set(run_all.NAMES)


def test_the_verb_prints_and_writes_one_table(tmp_path, capsys):
    out = tmp_path / 'new/table.md'
    arguments = ['benchmark', 'loss', '--quick', '--device', 'cpu']
    assert cli.main([*arguments, '--out', str(out)]) == 0
    text = out.read_text()
    captured = capsys.readouterr()
    assert captured.out.strip() == text.strip()
    assert 'loss, forward and backward' in captured.err
    heading, _, *table = text.strip().splitlines()
    assert 'torch' in heading
    assert len(table) == 3
    cells = [cell.strip() for cell in table[2].strip('|').split('|')]
    assert cells[2] == 'KeypointOHKMMSELoss'
    assert float(cells[5]) > 0


def test_a_benchmark_without_its_model_says_so_and_prints_no_table(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    arguments = ['benchmark', 'deployment', '--device', 'cpu']
    assert cli.main([*arguments, '--out', 'new/table.md']) == 1
    captured = capsys.readouterr()
    assert captured.out == ''
    assert 'there is no work_dirs/mlpe_tiny_synthetic/best_' in captured.err
    assert '`python -m mlpe_mmpose demo` makes both.' in captured.err
    assert captured.err.endswith('benchmark: failed: deployment\n')
    assert 'Traceback' not in captured.err
    assert not Path('new/table.md').exists()


def test_an_unknown_benchmark_is_refused_before_anything_is_written(
    tmp_path, capsys
):
    out = tmp_path / 'new/table.md'
    assert cli.main(['benchmark', 'lss', '--out', str(out)]) == 2
    assert 'lss; there are loss, targets' in capsys.readouterr().err
    assert not out.parent.exists()


def test_a_folder_in_place_of_the_table_is_refused_before_the_work(
    tmp_path, capsys
):
    assert cli.main(['benchmark', 'loss', '--quick', '--out', str(tmp_path)])
    captured = capsys.readouterr()
    assert f'{tmp_path} cannot be written' in captured.err
    assert '== loss' not in captured.err


def test_a_failed_benchmark_does_not_stop_the_others(monkeypatch, capsys):
    monkeypatch.setattr(run_all, 'NAMES', ('no_such_script', 'loss'))
    failed = run_all.run_all([], ['cpu'], quick=True, out=None)
    assert failed == ['no_such_script']
    captured = capsys.readouterr()
    assert 'no_such_script failed; the others go on' in captured.err
    assert 'KeypointOHKMMSELoss' in captured.out


def test_a_quick_run_leaves_out_slow_benchmarks(monkeypatch, capsys):
    monkeypatch.setattr(run_all, 'NAMES', ('loss', 'not_there'))
    monkeypatch.setattr(run_all, 'SLOW', ('not_there',))
    assert run_all.run_all([], ['cpu'], quick=True, out=None) == []
    assert 'KeypointOHKMMSELoss' in capsys.readouterr().out
    # but not if it is asked for
    failed = run_all.run_all(['not_there'], ['cpu'], quick=True, out=None)
    assert failed == ['not_there']
