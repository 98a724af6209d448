"""Configs of other projects inherit shipped ones by `mlpe_mmpose::`."""

from pathlib import Path

import pytest
from mmengine.config import Config

from mlpe_mmpose.shipped import find_shipped

TINY = 'mlpe_tiny_synthetic.py'
CPN = 'cpn/cpn_resnet50_256x192.py'


def read(folder: Path, text: str) -> Config:
    path = folder / 'config.py'
    path.write_text(text)
    return Config.fromfile(path)


@pytest.mark.parametrize('name', [TINY, CPN])
def test_a_config_elsewhere_equals_the_shipped_one_it_inherits(name, tmp_path):
    inherited = read(tmp_path, f"_base_ = 'mlpe_mmpose::{name}'\n")
    shipped = Config.fromfile(find_shipped(f'configs/{name}'))
    assert inherited.to_dict() == shipped.to_dict()


def test_an_inheriting_config_refers_to_its_base_and_changes_a_value(tmp_path):
    config = read(
        tmp_path,
        f"_base_ = ['mlpe_mmpose::{TINY}']\n"
        'model = dict(head=dict(out_channels=5))\n'
        "width = _base_.codec['input_size'][0]\n",
    )
    assert config.model.head.out_channels == 5
    assert config.model.head.type == 'MLPEHead'
    assert config.width == 96


def test_an_unknown_base_is_refused_with_the_file_that_names_it(
    tmp_path,
):
    with pytest.raises(FileNotFoundError) as caught:
        read(tmp_path, "_base_ = 'mlpe_mmpose::mlpe_large.py'\n")
    message = str(caught.value)
    assert str(tmp_path / 'config.py') in message
    assert 'mlpe_large.py' in message
    assert 'python -m mlpe_mmpose configs' in message


def test_configs_of_mmpose_are_still_found(tmp_path):
    config = read(tmp_path, "_base_ = 'mmpose::_base_/default_runtime.py'\n")
    assert config.default_scope == 'mmpose'
