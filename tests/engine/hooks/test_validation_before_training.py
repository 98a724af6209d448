"""A runner that validates before it trains, with all shipped hooks."""

import pytest
from mmengine.runner import Runner
from test_check_data_hook import tiny_runner

from mlpe_mmpose.tools.synth.generator import generate_dataset


@pytest.fixture
def runner(tmp_path) -> Runner:
    generate_dataset(tmp_path / 'data', 2, 2, seed=0)
    return tiny_runner(tmp_path / 'data', tmp_path / 'run_validated_first')


def test_validation_before_a_training_saves_no_checkpoint(runner, tmp_path):
    assert 'coco/AP' in runner.val()
    assert not list(tmp_path.rglob('*.pth'))
    runner.train()
    names = {path.name for path in tmp_path.rglob('*.pth')}
    assert names == {'epoch_1.pth', 'best_coco_AP_epoch_1.pth'}
