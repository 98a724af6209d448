"""Files that would run code on loading are refused, whoever loads them."""

import os
from pathlib import Path

import pytest
import torch
from line_training import line_runner
from mmengine.config import Config
from mmengine.runner import load_checkpoint
from mmpose.apis import init_model
from mmpose.registry import MODELS
from torch import nn
from trainings import CONFIGS

from mlpe_mmpose.apis import Predictor, convert_checkpoint
from mlpe_mmpose.compat.safe_checkpoints import load_from_local

SENTENCE = r'wants posix\.mkdir to be called or built, and so could run code'
CONFIG = CONFIGS / 'mlpe_tiny_synthetic.py'


class Hostile:
    """Makes a folder when it is unpickled."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __reduce__(self) -> tuple:
        return os.mkdir, (str(self.folder),)


@pytest.fixture
def hostile(tmp_path) -> Path:
    """A checkpoint that has an effect if something loads it unsafely."""
    path = tmp_path / 'hostile.pth'
    content = dict(state_dict=nn.Linear(1, 1).state_dict(), meta={})
    torch.save(content | dict(extra=Hostile(tmp_path / 'effect')), path)
    return path


def as_pretrained(path: Path) -> None:
    config = Config.fromfile(CONFIG)
    config.model.backbone.init_cfg = dict(
        type='Pretrained', checkpoint=str(path)
    )
    MODELS.build(config.model).init_weights()


def resume_without_a_path(path: Path) -> None:
    (path.parent / 'last_checkpoint').write_text(str(path))
    line_runner(path.parent, 1, resume=True).train()


LOADERS = {
    'load_from': lambda path: line_runner(
        path.parent / 'run', 1, load_from=str(path)
    ).train(),
    'resume': lambda path: line_runner(
        path.parent / 'run', 1, load_from=str(path), resume=True
    ).train(),
    'resume without a path': resume_without_a_path,
    'init_model': lambda path: init_model(
        str(CONFIG), str(path), device='cpu'
    ),
    'Predictor': lambda path: Predictor(CONFIG, path, device='cpu'),
    'init_cfg': as_pretrained,
    'load_checkpoint': lambda path: load_checkpoint(
        nn.Linear(1, 1), str(path)
    ),
    'convert': lambda path: convert_checkpoint(
        path, path.with_name('out.pth'), 'mlpe', '256x192'
    ),
}


@pytest.mark.parametrize('loader', LOADERS)
def test_a_checkpoint_that_would_run_code_is_refused_in_one_sentence(
    hostile, tmp_path, loader
):
    with pytest.raises(ValueError, match=SENTENCE) as error:
        LOADERS[loader](hostile)
    assert 'hostile.pth' in str(error.value)
    assert '\n' not in str(error.value)
    assert not (tmp_path / 'effect').exists()
    # the file does what it says where nobody refuses it
    torch.load(hostile, weights_only=False)
    assert (tmp_path / 'effect').is_dir()


@pytest.mark.parametrize('content', [b'', b'text', b'PK\x03\x04', b'\x80\x02'])
def test_a_damaged_checkpoint_is_named(tmp_path, content):
    path = tmp_path / 'notes.pth'
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r'notes\.pth.*damaged or no check'):
        load_from_local(path)
    with pytest.raises(FileNotFoundError, match=r'none\.pth'):
        load_from_local(tmp_path / 'none.pth')
