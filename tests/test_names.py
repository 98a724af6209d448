"""What the package and `mlpe_mmpose.apis` offer by name."""

import ast
import importlib
import inspect
import subprocess
import sys
from pathlib import Path

import mmengine.registry
import mmpose.registry
import pytest

import mlpe_mmpose
from mlpe_mmpose import apis


def registered_names() -> set[str]:
    """Names of the package's classes and functions in all registries."""
    registries = [
        registry
        for module in (mmpose.registry, mmengine.registry)
        for registry in vars(module).values()
        if isinstance(registry, mmengine.registry.Registry)
    ]
    return {
        name
        for registry in registries
        for name, value in registry.module_dict.items()
        if value.__module__.startswith('mlpe_mmpose.')
    }


def test_the_package_exports_all_that_it_registers():
    assert set(mlpe_mmpose.__all__) == registered_names()
    for name in mlpe_mmpose.__all__:
        assert getattr(mlpe_mmpose, name).__name__ == name


def test_type_checkers_see_every_exported_name_at_its_home():
    tree = ast.parse(Path(mlpe_mmpose.__file__).read_text())
    (block,) = (
        node
        for node in tree.body
        if isinstance(node, ast.If)
        and ast.unparse(node.test) == 'TYPE_CHECKING'
    )
    homes = {
        alias.name: importlib.import_module(f'mlpe_mmpose.{line.module}')
        for line in block.body
        for alias in line.names
    }
    assert sorted(homes) == sorted(mlpe_mmpose.__all__)
    for name, home in homes.items():
        assert getattr(home, name) is getattr(mlpe_mmpose, name)


# As `python -m mlpe_mmpose doctor`, up to the import of the package.
IN_PROGRAM = """
import sys
sys.argv = ['-m', 'doctor']
sys.orig_argv = [sys.executable, '-m', 'mlpe_mmpose', 'doctor']
import mlpe_mmpose
assert 'torch' not in sys.modules
assert 'MLPEHead' in dir(mlpe_mmpose)
from mlpe_mmpose import MLPEHead
assert MLPEHead is sys.modules['mlpe_mmpose.models'].MLPEHead
"""


def test_the_program_registers_when_a_class_is_asked_for():
    done = subprocess.run(
        [sys.executable, '-c', IN_PROGRAM], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize('name', apis.__all__)
def test_every_name_of_apis_can_be_imported_and_has_a_docstring(name):
    assert inspect.getdoc(getattr(apis, name))
    assert name in dir(apis)


@pytest.mark.parametrize('module', [mlpe_mmpose, apis])
def test_an_unknown_name_is_an_attribute_error(module):
    with pytest.raises(AttributeError, match=f'{module.__name__}.*no_such'):
        module.no_such_name  # noqa: B018
    with pytest.raises(ImportError, match='no_such'):
        exec(f'from {module.__name__} import no_such_name')
