"""What `make` and pip do, without installing 5 GB."""

import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from mmengine.config import Config
from mmengine.fileio import load

from mlpe_mmpose.compat import stack

ROOT = Path(__file__).parents[1]
BUILT_FROM = (
    *('pyproject.toml', 'setup.py', 'MANIFEST.in', 'LICENSE', 'README.md'),
    *('model-index.yml', 'configs', 'mlpe_mmpose'),
)
EXCLUDED = shutil.ignore_patterns('__pycache__', '*.egg-info')


def pins() -> dict[str, str]:
    """Name -> version, of every line of the pins file."""
    lines = (ROOT / 'requirements.txt').read_text().splitlines()
    lines = [re.sub(r'\s*[#;].*', '', line) for line in lines]
    return dict(line.split('==') for line in lines if line)


def test_every_pin_is_exact_and_what_doctor_installs_is_pinned():
    pinned = pins()
    assert 'torch' in pinned
    assert all(re.fullmatch(r'[\d.]+', v) for v in pinned.values())
    for part in stack.PARTS:
        name = part.distributions[0]
        assert f'{name}=={pinned[name]}' in ' '.join(part.install)


@pytest.fixture(scope='module')
def wheel(tmp_path_factory) -> Path:
    """The unpacked wheel, built from a copy of what it is built from."""
    folder = tmp_path_factory.mktemp('wheel')
    for name in BUILT_FROM:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / 'src' / name, ignore=EXCLUDED)
        elif source.exists():
            (folder / 'src').mkdir(exist_ok=True)
            shutil.copy(source, folder / 'src')
    command = [sys.executable, '-m', 'pip', 'wheel', '--no-deps']
    command += ['--no-build-isolation', '--no-index', '-w', str(folder)]
    subprocess.run(
        [*command, str(folder / 'src')], check=True, capture_output=True
    )
    (built,) = folder.glob('*.whl')
    with zipfile.ZipFile(built) as archive:
        archive.extractall(folder / 'site-packages')
    return folder / 'site-packages'


def test_a_wheel_puts_one_package_into_site_packages_and_asks_for_none(wheel):
    package, info = sorted(wheel.iterdir())
    assert package.name == 'mlpe_mmpose'
    assert info.name.endswith('.dist-info')
    assert (package / 'py.typed').exists()
    metadata = (info / 'METADATA').read_text().splitlines()
    needs = [line for line in metadata if line.startswith('Requires-Dist')]
    # extras, which pip leaves out unless they are asked for
    assert all('; extra == ' in line for line in needs)
    assert not (info / 'entry_points.txt').exists()


def test_a_wheel_holds_every_module_and_every_config(wheel):
    for source, built in (
        (ROOT / 'mlpe_mmpose', wheel / 'mlpe_mmpose'),
        (ROOT / 'configs', wheel / 'mlpe_mmpose/.mim/configs'),
    ):
        files = {
            path.relative_to(source)
            for path in source.rglob('*.py')
            if '.mim' not in path.parts
        }
        assert files
        missing = [name for name in files if not (built / name).exists()]
        assert not missing


def test_the_metafiles_of_a_wheel_name_configs_that_are_there(wheel):
    mim = wheel / 'mlpe_mmpose/.mim'
    index = load(mim / 'model-index.yml')
    assert index['Import']
    for name in index['Import']:
        for model in load(mim / name)['Models']:
            assert (mim / model['Config']).exists()


def test_the_configs_of_a_wheel_are_read_from_where_it_is_installed(wheel):
    (tiny,) = (wheel / 'mlpe_mmpose/.mim/configs').glob('*tiny*.py')
    assert Config.fromfile(tiny, import_custom_modules=False).model.type


# In place of .venv/bin/python: notes what it is asked to run, and runs none
PYTHON = """#!/bin/bash
echo "$@" >>calls
case "$*" in
    *print*) echo 3.11 ;;
    -V) echo Python 3.11.7 ;;
    *'format freeze') echo torch==2.11.0 ;;
    *"import torch, mmcv._ext") exit 1 ;;
    *"show -q"*) exit 1 ;;
esac
"""


class Checkout:
    """A copy of what `make setup` reads, with a .venv that does nothing."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ('Makefile', 'requirements.txt', 'setup.py'):
            shutil.copy(ROOT / name, folder)
        python = folder / '.venv/bin/python'
        python.parent.mkdir(parents=True)
        python.write_text(PYTHON)
        python.chmod(0o755)

    def make(self, *words: str) -> tuple[int, str, list[str]]:
        """Exit status, output, and the calls of pip and of the package."""
        calls = self.folder / 'calls'
        calls.write_text('')
        done = subprocess.run(
            ['make', '--no-print-directory', *words],
            cwd=self.folder,
            # if this .venv is not taken for one, pip must find nothing
            env={'PATH': os.environ['PATH'], 'PIP_NO_INDEX': '1'},
            timeout=30,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        lines = calls.read_text().splitlines()
        wanted = [line for line in lines if ' install ' in line]
        return done.returncode, done.stdout, wanted


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


def test_setting_up_again_does_nothing_and_says_so(checkout):
    status, out, calls = checkout.make('setup')
    assert status == 0, out
    assert ['-e .' in call for call in calls] == [False, False, False, True]
    status, out, calls = checkout.make('setup')
    assert (status, calls) == (0, [])
    assert out.startswith('.venv is set up already: Python 3.11.7, torch==')
    assert out.count('\n') == 1


def test_changed_pins_are_installed(checkout):
    checkout.make('setup')
    with (checkout.folder / 'requirements.txt').open('a') as pins_file:
        pins_file.write('another==1.0\n')
    _, out, calls = checkout.make('setup')
    assert calls
    assert 'already' not in out


def test_an_interrupted_set_up_is_completed_with_the_same_options(checkout):
    stopped = checkout.folder / '.venv/bin/python'
    stopped.write_text(
        PYTHON.replace('*print*)', '*"-e ."*) exit 1 ;; *print*)')
    )
    assert checkout.make('setup', 'TORCH=torch==2.9.1')[0] != 0
    stopped.write_text(PYTHON)
    status, out, calls = checkout.make('setup')
    assert status == 0, out
    assert any(call.endswith('torch==2.9.1 torchvision') for call in calls)
    assert checkout.make('setup')[2] == []


def test_options_are_remembered_until_they_are_given_anew(checkout):
    _, _, calls = checkout.make('setup', 'TORCH=torch==2.9.1')
    assert any(call.endswith('torch==2.9.1 torchvision') for call in calls)
    assert checkout.make('setup')[2] == []
    assert checkout.make('setup', 'TORCH=')[2]


def test_pip_arguments_reach_every_call_of_pip_install(checkout):
    _, _, calls = checkout.make('setup', 'PIP_ARGS=--retries 7 --quiet')
    assert calls
    assert all('--retries 7 --quiet' in call for call in calls)


def test_ops_that_do_not_load_after_compiling_end_the_set_up(checkout):
    # the .venv of these tests never loads them
    status, out, calls = checkout.make('setup', 'MMCV=full')
    assert status != 0
    assert 'mmcv was built, but its ops do not load' in out
    assert '--no-build-isolation --no-cache-dir mmcv==2.1.0' in calls[-1]
    assert not (checkout.folder / '.venv/set-up').exists()


@pytest.mark.parametrize(
    ('word', 'error'),
    [
        (
            'PYTHON=no-such-python',
            'PYTHON=no-such-python is not a Python that runs;',
        ),
        ('PYTHON=false', 'PYTHON=false is not a Python that runs;'),
        ('MMCV=lots', 'MMCV=lots: it is lite or full.'),
    ],
)
def test_a_wrong_option_is_named(checkout, word, error):
    status, out, calls = checkout.make('setup', word)
    assert status != 0
    assert error in out
    assert calls == []
