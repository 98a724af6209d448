"""Arguments that several verbs share."""

import re

import pytest

from mlpe_mmpose.shipped import find_shipped
from mlpe_mmpose.tools import ExitCode, main
from mlpe_mmpose.tools.arguments import config_path

CONFIGS = find_shipped('configs').resolve()
NAMES = {
    'mlpe-plus_tiny_synthetic': 'plus/mlpe-plus_tiny_synthetic.py',
    'mlpe-plus_tiny_synthetic.py': 'plus/mlpe-plus_tiny_synthetic.py',
    'cpn/cpn_resnet50_256x192.py': 'cpn/cpn_resnet50_256x192.py',
    'configs/mlpe_tiny_synthetic.py': 'mlpe_tiny_synthetic.py',
}


@pytest.mark.parametrize('name', NAMES)
def test_a_shipped_config_is_found_by_its_name(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert config_path(name) == str(CONFIGS / NAMES[name])


@pytest.mark.parametrize(
    'name', ['none.py', '', '128x128', 'tiny_synthetic', 'mmpose::x.py']
)
def test_what_names_no_shipped_config_is_refused(name):
    words = f'no such file, and no shipped config is called {name!r}'
    with pytest.raises(FileNotFoundError, match=re.escape(words)):
        config_path(name)


def test_a_mistyped_name_is_answered_with_the_names_that_are_close(capsys):
    call = ['report', 'configs/mlpe_tiny_synthetik.py', 'no.pth']
    assert main(call) == ExitCode.WRONG_CALL
    assert 'did you mean mlpe_tiny_synthetic or ' in capsys.readouterr().err


def test_a_file_comes_before_a_shipped_config(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    name = 'mlpe_tiny_synthetic.py'
    (tmp_path / name).mkdir()
    assert config_path(name) == str(CONFIGS / name)
    (tmp_path / name).rmdir()
    (tmp_path / name).write_text('')
    assert config_path(name) == name


@pytest.mark.parametrize('verb', ['export', 'predict', 'report', 'web'])
def test_every_verb_takes_the_name_of_a_config(
    verb, tmp_path, capsys, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    config, weights = 'mlpe_tiny_synthetic', 'no.pth'
    call = {
        'export': [config, weights, 'out.onnx'],
        'report': [config, weights],
        'web': ['--config', config, '--checkpoint', weights],
        'predict': ['.', '--config', config, '--checkpoint', weights]
        + ['--whole-image'],
    }[verb]
    (tmp_path / 'image.png').touch()
    assert main([verb, *call]) == ExitCode.WRONG_CALL
    assert weights in capsys.readouterr().err
