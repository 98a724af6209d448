"""The demo reuses finished steps."""

from pathlib import Path

import pytest
import torch

from mlpe_mmpose.shipped import find_shipped
from mlpe_mmpose.tools.demo import run_demo as demo


@pytest.fixture
def said(tmp_path: Path, monkeypatch) -> list[str]:
    """Work in an empty folder; collects what the demo says."""
    monkeypatch.chdir(tmp_path)
    return []


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
