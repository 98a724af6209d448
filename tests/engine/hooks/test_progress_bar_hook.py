"""A terminal shows how a training goes; a pipe has the log alone."""

import contextlib
import io
import re
import sys
from pathlib import Path

import pytest
from mmengine.config import Config
from mmengine.runner import Runner

from mlpe_mmpose.tools.synth.generator import generate_dataset

TINY = Path(__file__).parents[3] / 'configs/mlpe_tiny_synthetic.py'
# 62 of 124 iterations [time since the start < time left, speed
BAR = re.compile(r'epoch (\d)/2: .*\| (\d+)/(\d+) \[[\d:]+<([\d:]+), .*it')


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    encoding = 'utf-8'

    def isatty(self) -> bool:
        return True


def build_runner(data_root: Path, work_dir: Path, **options) -> Runner:
    config = Config.fromfile(TINY)
    config.work_dir, config.experiment_name = str(work_dir), work_dir.name
    config.train_cfg.update(max_epochs=2)
    config.default_hooks.logger.interval = 1
    config.model.backbone.base_channels = 8
    config.model.neck.update(in_channels=(8, 16, 32, 64), out_channels=8)
    config.model.head.in_channels = 8
    for split in ('train', 'val', 'test'):
        loader = config[f'{split}_dataloader']
        loader.dataset.data_root = str(data_root)
        loader.update(batch_size=2, num_workers=0, persistent_workers=False)
    for split in ('val', 'test'):
        config[f'{split}_evaluator'].ann_file = str(
            data_root / 'annotations/person_keypoints_val2017.json'
        )
    config.merge_from_dict(options)
    return Runner.from_cfg(config)


@pytest.fixture(scope='module')
def piped(tmp_path_factory) -> tuple[Path, str]:
    """A folder with data and a run of two epochs, and the run's output."""
    folder = tmp_path_factory.mktemp('progress')
    generate_dataset(folder, 3, 2, seed=0)
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        build_runner(folder, folder / 'piped').train()
    return folder, output.getvalue()


def test_a_pipe_has_no_trace_of_a_bar(piped):
    _, output = piped
    assert 'Epoch(train)' in output
    assert '\r' not in output
    assert 'epoch 1/2' not in output


def test_a_terminal_shows_a_bar_with_the_time_left_below_a_whole_log(
    piped, tmp_path, monkeypatch
):
    folder, _ = piped
    terminal = Terminal()
    monkeypatch.setattr(sys, 'stdout', terminal)
    monkeypatch.setenv('COLUMNS', '100')
    # the second epoch again
    resumed = dict(load_from=str(folder / 'piped/epoch_1.pth'), resume=True)
    runner = build_runner(folder, tmp_path / 'shown', **resumed)
    runner.train()
    shown = re.split(r'[\r\n]+', terminal.getvalue())
    bars = [match.groups() for line in shown if (match := BAR.search(line))]
    total = runner.max_iters
    done = [int(done) for _, done, _, _ in bars]
    assert (done[0], done[-1]) == (total // 2 + 1, total)
    assert {int(number) for _, _, number, _ in bars} == {total}
    assert {epoch for epoch, _, _, _ in bars} == {'2'}
    assert any('validating' in line for line in shown)
    # no line of the log is broken by the bar; the terminal's has colours
    (log,) = (tmp_path / 'shown').rglob('*.log')
    plain = [re.sub(r'\x1b\[\d*m', '', line).strip() for line in shown]
    lines = re.findall(r'mmengine - INFO - (Epoch.train.*)', log.read_text())
    assert len(lines) == total // 2
    for line in lines:
        assert any(row.endswith(line.strip()) for row in plain), line
    # the bar is gone when the training has ended
    runner.logger.info('afterwards')
    assert terminal.getvalue().endswith('afterwards\n')


def test_a_model_can_be_validated_alone(piped, tmp_path, capsys):
    # hooks of checkpoints fail in a validation without a training
    no_checkpoints = {'default_hooks.checkpoint': None}
    runner = build_runner(piped[0], tmp_path / 'validated', **no_checkpoints)
    metrics = runner.val()
    assert 'coco/AP' in metrics
    assert 'validating' not in capsys.readouterr().out
