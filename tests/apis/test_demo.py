"""The demo's handling of what is there, and of what fails."""

from pathlib import Path

import pytest
import torch

from mlpe_mmpose.apis import demo
from mlpe_mmpose.shipped import find_shipped

# two lines as MMEngine writes them
TRAINED = (
    '11/22 20:28:02 - mmengine - INFO - Epoch(train) [3][ 60/257]  '
    'base_lr: 1.1e-03 lr: 1.1e-03  eta: 0:02:30  time: 0.19  data_time: 0.03'
    '  loss: 1000.6  loss_level0: 299.07  loss_refine: 289.7  acc_pose: 0.79'
)
VALIDATED = (
    '11/22 20:29:10 - mmengine - INFO - Epoch(val) [3][7/7]    '
    'coco/AP: 0.602345  coco/AP .5: 0.9  coco/AR: 0.6  time: 0.2'
)


@pytest.fixture
def said(tmp_path: Path, monkeypatch) -> list[str]:
    """Work in an empty folder; collects what the demo says."""
    monkeypatch.chdir(tmp_path)
    return []


def test_a_line_of_the_log_becomes_one_that_a_person_reads():
    assert demo._progress(TRAINED, 5) == (
        'epoch 3/5    60/257  loss 1000.6  accuracy 0.79  left 0:02:30'
    )
    assert demo._progress(VALIDATED, 5) == 'epoch 3/5  held-out AP 0.602'
    assert demo._progress('Loads checkpoint by local backend', 5) is None


def test_a_finished_training_is_reused(said):
    demo.WORK_DIR.mkdir(parents=True)
    config = find_shipped(demo.CONFIG)
    for epoch in (1, 2):
        best = demo.WORK_DIR / f'best_coco_AP_epoch_{epoch}.pth'
        torch.save({'meta': {'epoch': 100}}, best)
    (demo.WORK_DIR / 'last_checkpoint').write_text(str(best))
    assert demo.train(config, said.append) == best
    assert 'trained already, 100 epochs' in said[0]
    assert not list(demo.WORK_DIR.glob('*.log'))


def test_a_failing_command_shows_the_end_of_its_output(said):
    with pytest.raises(RuntimeError, match=r'status 1(.|\n)*none\.py'):
        demo._mim('train', Path('none.py'), [], said.append, lambda line: None)
    assert 'none.py' in (demo.WORK_DIR / 'train.log').read_text()
