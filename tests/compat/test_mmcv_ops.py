"""Each case runs in a fresh interpreter, with a small mmcv of its own."""

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def run(code: str, folder: Path) -> str:
    """Run code in a new process that finds the packages in a folder first."""
    done = subprocess.run(
        [sys.executable, '-c', textwrap.dedent(code)],
        env={**os.environ, 'PYTHONPATH': f'{folder}{os.pathsep}{ROOT}'},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def mmcv(tmp_path: Path) -> Path:
    """A package ``mmcv`` without compiled ops, and its folder."""
    package = tmp_path / 'mmcv'
    package.mkdir()
    (package / '__init__.py').touch()
    return package


# what every case starts with; `mlpe_mmpose` itself would import mmpose
INSTALL = """
import importlib, sys
sys.argv[0], sys.orig_argv[-1:] = '-m', ['mlpe_mmpose']
from mlpe_mmpose.compat import mmcv_ops
mmcv_ops.install()
"""


def test_a_missing_op_is_imported_and_names_itself_when_called(mmcv):
    out = run(
        INSTALL
        + textwrap.dedent("""
        from mmcv import _ext
        try:
            _ext.softnms(1, iou=2)
        except RuntimeError as error:
            print(error)
        """),
        mmcv.parent,
    )
    assert "mmcv op 'softnms' is not compiled here" in out
    assert 'make setup MMCV=full' in out
    assert 'pip install --no-build-isolation --no-cache-dir' in out


def test_a_compiled_module_is_left_alone(mmcv):
    (mmcv / '_ext.py').write_text('def nms():\n    return "compiled"\n')
    out = run(
        INSTALL + 'from mmcv import _ext\n'
        'print(_ext.nms(), mmcv_ops.is_stand_in(_ext))',
        mmcv.parent,
    )
    assert out.split() == ['compiled', 'False']


def test_a_compiled_module_that_fails_to_load_keeps_its_own_error(mmcv):
    (mmcv / '_ext.py').write_text('raise ImportError("undefined symbol: x")')
    out = run(
        INSTALL
        + textwrap.dedent("""
        try:
            from mmcv import _ext
        except ImportError as error:
            print(error)
        """),
        mmcv.parent,
    )
    assert out.strip() == 'undefined symbol: x'


def test_without_mmcv_there_is_no_stand_in_and_nothing_else_is_found(tmp_path):
    out = run(
        INSTALL
        + textwrap.dedent("""
        sys.path = [p for p in sys.path if 'site-packages' not in p]
        for name in ('mmcv._ext', 'mmcv', 'mmcv._other', '_ext'):
            try:
                importlib.import_module(name)
            except ModuleNotFoundError as error:
                print(error.name)
        """),
        tmp_path,
    )
    assert out.split() == ['mmcv', 'mmcv', 'mmcv', '_ext']


def test_installing_twice_adds_one_finder_and_imports_nothing(mmcv):
    out = run(
        INSTALL + 'mmcv_ops.install()\n'
        'print(sys.meta_path.count(mmcv_ops._FINDER), "mmcv" in sys.modules)',
        mmcv.parent,
    )
    assert out.split() == ['1', 'False']


def test_the_environment_banner_and_mmdet_work_with_what_is_installed():
    out = run(
        """
        import mlpe_mmpose
        import mmdet.models
        from mmcv.utils.env import collect_env
        from mmengine.utils.dl_utils import mmcv_full_available
        print(collect_env()['MMCV Compiler'] != '', mmcv_full_available())
        """,
        Path.cwd(),
    )
    assert out.split()[-2:] == ['True', 'True']
