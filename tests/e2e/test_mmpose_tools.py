"""MMPose's own scripts, as `mim run mlpe_mmpose` starts them."""

import sys

import cv2
import pytest
from trainings import CONFIGS

from mlpe_mmpose.tools.mmpose_tools import run_mmpose_tool

TINY = str(CONFIGS / 'mlpe_tiny_synthetic.py')


@pytest.fixture
def run(monkeypatch):
    """Run a script in this process: ``run('misc/browse_dataset.py', ...)``."""

    def call(script: str, *arguments: object) -> None:
        monkeypatch.setattr(sys, 'argv', ['mim', *map(str, arguments)])
        run_mmpose_tool(script)

    return call


@pytest.mark.parametrize('mode', ['original', 'transformed'])
def test_browse_dataset_draws_what_the_network_is_trained_on(
    run, people, tmp_path, mode
):
    options = [f'train_dataloader.dataset.data_root={people}/']
    run(
        'misc/browse_dataset.py',
        *(TINY, '--output-dir', tmp_path, '--not-show', '--mode', mode),
        *('--max-item-per-dataset', 3, '--cfg-options', *options),
    )
    pictures = [cv2.imread(str(path)) for path in tmp_path.rglob('*.jpg')]
    assert len(pictures) == 3
    if mode == 'transformed':
        # the crop, 128 x 96
        assert {picture.shape for picture in pictures} == {(128, 96, 3)}
    assert all(picture.std() > 1 for picture in pictures)


def test_analyze_logs_plots_the_curves_of_a_training(run, trained, tmp_path):
    (log,) = trained.rglob('scalars.json')
    out = tmp_path / 'curves.png'
    keys = ('--keys', 'loss', 'loss_refine')
    script = 'analysis_tools/analyze_logs.py'
    run(script, 'plot_curve', log, *keys, '--out', out)
    assert cv2.imread(str(out)).std() > 1


def test_analyze_logs_computes_the_time_of_an_iteration(run, trained, capsys):
    (log,) = trained.rglob('scalars.json')
    run('analysis_tools/analyze_logs.py', 'cal_train_time', log)
    assert 'average iter time: ' in capsys.readouterr().out
