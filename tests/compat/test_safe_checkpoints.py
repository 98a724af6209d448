"""Files that would run code on loading are refused, whoever loads them."""

import functools
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import torch
from hostile import SENTENCE, Hostile
from line_training import line_runner
from mmengine.config import Config
from mmengine.runner import checkpoint, load_checkpoint
from mmpose.apis import init_model
from mmpose.registry import MODELS
from torch import nn
from trainings import CONFIGS

from mlpe_mmpose.apis import Predictor, convert_checkpoint
from mlpe_mmpose.compat.safe_checkpoints import load_from_local

CONFIG = CONFIGS / 'mlpe_tiny_synthetic.py'


@pytest.fixture
def hostile(tmp_path) -> Path:
    """A checkpoint that has an effect if something loads it unsafely."""
    path = tmp_path / 'hostile.pth'
    content = dict(state_dict=nn.Linear(1, 1).state_dict(), meta={})
    torch.save(content | dict(extra=Hostile(tmp_path / 'effect')), path)
    return path


@pytest.fixture
def address(tmp_path, monkeypatch) -> Iterator[str]:
    """The address at which a server offers the files of `tmp_path`."""
    monkeypatch.setenv('no_proxy', '*')
    monkeypatch.setenv('TORCH_HOME', str(tmp_path / 'cache'))
    handler = functools.partial(
        SimpleHTTPRequestHandler, directory=str(tmp_path)
    )
    with ThreadingHTTPServer(('127.0.0.1', 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f'http://127.0.0.1:{server.server_port}'
        server.shutdown()
        thread.join()


def as_pretrained(path: Path | str) -> None:
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


@pytest.mark.parametrize(
    'scheme', ['', 'torchvision://', 'open-mmlab://', 'mmcls://']
)
def test_a_download_that_would_run_code_is_refused(
    hostile, address, tmp_path, monkeypatch, scheme
):
    url = f'{address}/{hostile.name}'
    # the tables of the names of models get one more
    for kind in ('torchvision', 'external', 'mmcls'):
        monkeypatch.setattr(
            checkpoint, f'get_{kind}_models', lambda: dict(evil=url)
        )
    with pytest.raises(ValueError, match=SENTENCE):
        as_pretrained(f'{scheme}evil' if scheme else url)
    assert not (tmp_path / 'effect').exists()
    assert (tmp_path / 'cache/hub/checkpoints/hostile.pth').is_file()


def test_a_plain_checkpoint_is_downloaded_once(address, tmp_path):
    weights = nn.Linear(1, 1).state_dict()
    path = tmp_path / 'plain.pth'
    torch.save(weights, path)
    for _ in range(2):
        model = nn.Linear(1, 1)
        load_checkpoint(model, f'{address}/plain.pth?key=1')
        torch.testing.assert_close(model.state_dict(), weights)
        # the second time it comes from the cache
        path.unlink(missing_ok=True)


@pytest.mark.parametrize(
    ('content', 'what'),
    [
        ([1, 2], 'a list,'),
        (torch.zeros(2), 'a Tensor,'),
        (dict(state_dict=[1, 2]), "a list as 'state_dict',"),
    ],
)
@pytest.mark.parametrize('loader', ['Predictor', 'load_from'])
def test_a_checkpoint_without_a_dict_of_weights_is_refused_by_what_it_holds(
    tmp_path, content, what, loader
):
    path = tmp_path / 'other.pth'
    torch.save(content, path)
    with pytest.raises(ValueError, match=rf"other\.pth' .* it holds {what}"):
        LOADERS[loader](path)


@pytest.mark.parametrize(
    'content', [b'', b'text', b'PK\x03\x04', b'\x80\x02', b'_a']
)
def test_a_damaged_checkpoint_is_named(tmp_path, content):
    path = tmp_path / 'notes.pth'
    path.write_bytes(content)
    words = r'notes\.pth.*damaged or no check'
    with pytest.raises(ValueError, match=words) as caught:
        load_from_local(path)
    # PyTorch says so of a text
    assert 'weights_only' not in str(caught.value)
    with pytest.raises(FileNotFoundError, match=r'none\.pth'):
        load_from_local(tmp_path / 'none.pth')
