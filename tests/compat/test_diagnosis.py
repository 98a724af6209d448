"""Errors of broken packages, which conftest.py makes, are explained."""

import os
import subprocess
import sys

import pytest

IMPORT = """
from mlpe_mmpose.compat import mmcv_ops
from mlpe_mmpose.compat.diagnosis import explain_import_errors
mmcv_ops.install()
try:
    with explain_import_errors():
        import {module}
except Exception as error:
    print(type(error).__name__, error, type(error.__cause__).__name__)
"""


@pytest.mark.parametrize(
    'error',
    [
        'RuntimeError("operator torchvision::nms does not exist")',
        # what torchvision 0.26 raises under torch 2.1
        'AttributeError("torch.library has no attribute register_fake")',
    ],
)
def test_torchvision_of_another_torch_gets_the_matching_release(
    package, run, error
):
    package('torch', '2.11.0', 'no_torch')
    package('torchvision', '0.29.1', code=f'raise {error}')
    out = run(IMPORT.format(module='torchvision'))
    assert out.startswith('ImportError torchvision 0.29.1 was built for')
    assert 'installed 2.11.0' in out
    assert '--force-reinstall --no-deps torchvision==0.26.0' in out
    assert out.endswith(error.partition('(')[0] + '\n')


def test_xtcocotools_of_another_numpy_is_compiled_again(package, run):
    package('numpy', '2.2.0', 'no_numpy')
    package(
        'xtcocotools',
        '1.14.3',
        code='raise ValueError("numpy.dtype size changed, may indicate ...")',
    )
    python = 'import sys; sys.version_info = (3, 12, 0)'
    out = run(f'{python}{IMPORT.format(module="xtcocotools")}')
    assert 'xtcocotools 1.14.3 was compiled for another numpy' in out
    assert 'the installed 2.2.0' in out
    assert '--no-binary xtcocotools xtcocotools==1.14.3' in out


def test_xtcocotools_is_built_by_the_makefile_where_pip_cannot(package, run):
    package('numpy', '2.2.6', 'no_numpy')
    error = 'ValueError("numpy.dtype size changed, may indicate ...")'
    package('xtcocotools', '1.14.3', code=f'raise {error}')
    python = 'import sys; sys.version_info = (3, 13, 0)'
    out = run(f'{python}{IMPORT.format(module="xtcocotools")}')
    assert 'xtcocotools 1.14.3 was compiled for another numpy' in out
    assert ' uninstall -y xtcocotools && rm -f .venv/set-up && make se' in out
    assert 'make setup PYTHON=python3.13\n' in out
    assert 'pip install' not in out


def test_a_package_compiled_for_another_numpy_is_upgraded(package, run):
    package('numpy', '2.2.0', 'no_numpy')
    package(
        'opencv-python',
        '4.8.0',
        'cv2',
        'raise ImportError("numpy.core.multiarray failed to import")',
    )
    out = run(IMPORT.format(module='cv2'))
    assert 'opencv-python 4.8.0 was compiled for another numpy' in out
    assert '--upgrade --force-reinstall --no-deps opencv-python\n' in out


@pytest.mark.parametrize('name', ['mmcv', 'onedl-mmcv'])
def test_mmcv_whose_ops_do_not_load_is_replaced(package, run, name):
    package('torch', '2.11.0', 'no_torch')
    folder = package(name, '2.1.0', 'mmcv')
    (folder / '_ext.abi3.so').write_text('no library')
    out = run(IMPORT.format(module='mmcv._ext'))
    assert f'The ops of {name} 2.1.0 do not load with torch 2.11.0' in out
    if name == 'mmcv':
        assert 'pip uninstall -y mmcv && ' in out
        assert 'pip install --no-deps mmcv-lite==2.1.0' in out
    else:
        assert '--no-build-isolation --no-cache-dir onedl-mmcv==2.1.0' in out


def test_a_missing_mmpose_is_installed_without_chumpy(run):
    out = run(IMPORT.format(module='mmpose'))
    assert 'mmpose is not installed' in out
    assert 'pip install json-tricks munkres scipy matplotlib && ' in out
    assert 'pip install --no-deps mmpose==1.3.2\n' in out


def test_mmpose_0_is_replaced_by_mmpose_1(package, run):
    package('mmpose', '0.29.0')
    out = run(IMPORT.format(module='mmpose.registry'))
    assert 'mmpose 0.29.0 has no module mmpose.registry' in out
    assert 'mmpose==1.3.2' in out


def test_a_missing_requirement_of_mmpose_is_named_with_mmpose(package, run):
    package('mmpose', '1.3.2', code='import json_tricks')
    out = run(IMPORT.format(module='mmpose'))
    assert 'json_tricks is not installed, and mmpose 1.3.2 imports it' in out
    assert 'pip install json_tricks\n' in out


def test_setuptools_without_pkg_resources_is_replaced(package, run):
    package('openmim', '0.3.9', 'mim', 'import pkg_resources')
    package('setuptools', '82.0.0', 'no_setuptools')
    out = run(IMPORT.format(module='mim'))
    assert 'setuptools 82.0.0 has no pkg_resources' in out
    assert 'openmim 0.3.9 imports it' in out
    assert 'pip install "setuptools<81"' in out


@pytest.mark.parametrize(
    ('mmcv', 'command'),
    [
        ('mmcv-lite', 'pip install --no-deps mmcv-lite==2.1.0'),
        ('onedl-mmcv', 'pip install --no-deps onedl-mmdetection=='),
    ],
)
def test_mmdet_that_refuses_the_installed_mmcv_gets_another(
    package, run, mmcv, command
):
    package(mmcv, '2.2.0', 'mmcv')
    package(
        'mmdet',
        '3.3.0',
        code='assert False, "MMCV==2.2.0 is used but incompatible. '
        'Please install mmcv>=2.0.0rc4, <2.2.0."',
    )
    out = run(IMPORT.format(module='mmdet'))
    assert f'mmdet 3.3.0 does not accept {mmcv} 2.2.0' in out
    assert '<2.2.0' in out
    assert command in out


def test_opencv_that_lacks_libgl_is_replaced_by_the_headless_build(
    package, run
):
    package(
        'opencv-python',
        '4.11.0.86',
        'cv2',
        'raise ImportError("libGL.so.1: cannot open shared object file")',
    )
    out = run(IMPORT.format(module='cv2'))
    assert 'opencv-python 4.11.0.86 needs libGL.so.1' in out
    assert 'pip uninstall -y opencv-python && ' in out
    assert 'opencv-python-headless==4.11.0.86' in out


def test_a_package_too_old_for_numpy_2_gets_numpy_1(package, run):
    package('numpy', '2.2.0', 'no_numpy')
    package(
        'mmdet',
        '3.0.0',
        code='raise AttributeError("`np.float_` was removed in the NumPy 2.0 '
        'release. Use `np.float64` instead.")',
    )
    out = run(IMPORT.format(module='mmdet'))
    assert 'mmdet 3.0.0 is too old for numpy 2.2.0' in out
    assert 'pip install "numpy<2"' in out


def test_an_unknown_error_is_raised_unchanged(package, run):
    package('mmpose', '1.3.2', code='raise KeyError("something new")')
    out = run(IMPORT.format(module='mmpose'))
    assert out == "KeyError 'something new' NoneType\n"


def test_importing_the_package_raises_the_diagnosis(tmp_path):
    (tmp_path / 'torchvision.py').write_text(
        'raise RuntimeError("operator torchvision::nms does not exist")'
    )
    done = subprocess.run(
        [sys.executable, '-c', 'import mlpe_mmpose'],
        env={**os.environ, 'PYTHONPATH': str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert 'ImportError: torchvision' in done.stderr
    assert 'was built for another torch' in done.stderr
