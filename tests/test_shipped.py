"""Files that are shipped beside the package are found."""

from pathlib import Path

import pytest
from mmengine.config import Config

from mlpe_mmpose import shipped


def test_a_config_is_named_as_a_user_would_type_it(monkeypatch):
    monkeypatch.chdir(Path(shipped.__file__).parents[1])
    name = 'configs/mlpe_tiny_synthetic.py'
    assert str(shipped.find_shipped(name)) == name


def test_a_shipped_file_is_found_from_another_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = shipped.find_shipped('benchmarks/mlpe_benchmarks/loss.py')
    assert found.is_absolute()
    assert found.is_file()


def test_a_file_that_is_not_shipped_is_refused_by_name():
    with pytest.raises(FileNotFoundError, match=r'configs/none\.py'):
        shipped.find_shipped('configs/none.py')


def test_a_config_with_the_written_base_equals_the_shipped_config(tmp_path):
    name = 'cpn/cpn_resnet50_256x192.py'
    path = tmp_path / 'config.py'
    path.write_text(f'_base_ = {shipped.inherit_shipped(name)}\n')
    stock = Config.fromfile(shipped.find_shipped(f'configs/{name}'))
    assert Config.fromfile(path).to_dict() == stock.to_dict()


def test_the_written_base_can_be_evaluated_without_imports():
    expression = shipped.inherit_shipped('cpn/cpn_resnet50_256x192.py')
    assert eval(expression, {}) == 'mlpe_mmpose::cpn/cpn_resnet50_256x192.py'
