"""What is shipped beside the package is found."""

from pathlib import Path

import pytest

from mlpe_mmpose import shipped


def test_a_config_is_named_as_a_user_would_type_it(monkeypatch):
    monkeypatch.chdir(Path(shipped.__file__).parents[1])
    name = 'configs/mlpe_tiny_synthetic.py'
    assert str(shipped.find_shipped(name)) == name


def test_it_is_found_from_elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = shipped.find_shipped('benchmarks/mlpe_benchmarks/loss.py')
    assert found.is_absolute()
    assert found.is_file()


def test_what_is_nowhere_is_said_by_name():
    with pytest.raises(FileNotFoundError, match=r'configs/none\.py'):
        shipped.find_shipped('configs/none.py')
