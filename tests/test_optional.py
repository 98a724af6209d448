"""Packages of single features are named when a feature needs them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from mlpe_mmpose.compat import stack
from mlpe_mmpose.optional import MissingPackageError, require

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / 'pyproject.toml').read_text())['project']
EXTRAS = PROJECT['optional-dependencies']


def test_a_plain_installation_requires_no_package():
    assert PROJECT['dependencies'] == []


def test_every_optional_package_is_in_the_extra_that_its_command_installs():
    for part in stack.OPTIONAL:
        extra = part.install.removeprefix("'mlpe_mmpose[").removesuffix("]'")
        assert part.name in EXTRAS[extra]
    assert stack.ML_DTYPES in EXTRAS['export']
    (everything,) = EXTRAS['all']
    assert Requirement(everything).extras == set(EXTRAS) - {'all'}


def test_no_extra_names_a_part_of_the_stack():
    names = {name for part in stack.PARTS for name in part.distributions}
    for extra in EXTRAS.values():
        assert not names & {Requirement(line).name for line in extra}


def test_an_installed_package_is_imported():
    assert require('onnx', 'A test').__name__ == 'onnx'


@pytest.mark.parametrize(
    ('module', 'message'),
    [
        ('onnxruntime', r"pip install 'mlpe_mmpose\[export\]'\n"),
        ('faster_coco_eval', r"pip install 'mlpe_mmpose\[eval\]'\n"),
        ('cv2', r'pip install --no-deps opencv-python-headless==[\d.]+\n'),
    ],
)
def test_a_missing_package_is_refused_with_one_command_that_installs_it(
    monkeypatch, module, message
):
    monkeypatch.setitem(sys.modules, module, None)
    match = rf'^A test does not work: \S+ is not installed\.\n(.|\n)*{message}'
    with pytest.raises(MissingPackageError, match=match):
        require(module, 'A test')


def test_a_package_that_does_not_load_is_refused_with_the_reason(
    monkeypatch, tmp_path
):
    (tmp_path / 'onnx.py').write_text('raise ImportError("undefined symbol")')
    monkeypatch.delitem(sys.modules, 'onnx')
    monkeypatch.syspath_prepend(tmp_path)
    match = r'onnx does not load \(undefined symbol\)\.'
    with pytest.raises(MissingPackageError, match=match):
        require('onnx', 'A test')


def test_onnxruntime_is_not_installed_over_onnxruntime_gpu(monkeypatch):
    versions = {'onnxruntime-gpu': '1', 'onnx': '1'}

    def version(name: str) -> str:
        if name in versions:
            return versions[name]
        raise stack.importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(stack.importlib.metadata, 'version', version)
    part = stack.PART_OF_MODULE['onnxscript']
    command = stack.install_command(part)
    assert command.endswith('pip install onnxscript "ml_dtypes<0.6"')
    del versions['onnxruntime-gpu']
    command = stack.install_command(part)
    assert command.endswith("pip install 'mlpe_mmpose[export]'")


def test_report_names_the_missing_package_before_it_tests(tmp_path):
    (tmp_path / 'faster_coco_eval.py').write_text(
        'raise ModuleNotFoundError("no", name="faster_coco_eval")'
    )
    call = [sys.executable, '-m', 'mlpe_mmpose', 'report']
    done = subprocess.run(
        [*call, 'mlpe_tiny_synthetic', 'x.pth'],
        env={**os.environ, 'PYTHONPATH': f'{tmp_path}:{ROOT}'},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    # the packages of onedl say at their import what they leave out
    said = [line for line in done.stdout.splitlines() if 'OneDL' not in line]
    assert said == []
    last = done.stderr[done.stderr.index('report: ') :]
    assert 'faster-coco-eval is not installed' in last
    assert "pip install 'mlpe_mmpose[eval]'" in last
    assert 'Traceback' not in done.stderr


def test_require_works_without_the_stack():
    # -S leaves out site-packages: no torch, and no onnxruntime
    code = 'from mlpe_mmpose.optional import require\n'
    code += 'require("onnxruntime", "OnnxPose")'
    done = subprocess.run(
        [sys.executable, '-S', '-c', code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert 'OnnxPose does not work: onnxruntime is not' in done.stderr


def test_xtcocotools_is_left_to_make_where_pip_cannot_build_it(monkeypatch):
    part = stack.PART_OF_MODULE['xtcocotools']
    monkeypatch.setattr(stack.sys, 'version_info', (3, 13, 0))
    command = stack.install_command(part)
    assert command.endswith('&& make setup PYTHON=python3.13')


def test_the_tests_are_collected_without_packages_of_single_features(tmp_path):
    # as `pytest -m gpu` on a machine that has little more than the stack
    absent = ['openvino', 'nncf', 'sleap_io', 'gradio', 'norfair', 'ray']
    absent += ['tensorboard', 'wandb', 'websocket', 'faster_coco_eval']
    plugin = f'import sys\nsys.modules.update(dict.fromkeys({absent}))\n'
    (tmp_path / 'without_packages.py').write_text(plugin)
    options = ['-p', 'without_packages', '--collect-only', '-q', '-m', 'gpu']
    done = subprocess.run(
        [sys.executable, '-m', 'pytest', *options, '-p', 'no:cacheprovider'],
        cwd=ROOT,
        env=dict(os.environ, PYTHONPATH=f'{tmp_path}{os.pathsep}{ROOT}'),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]
    assert 'test_numbers.py::test_' in done.stdout
