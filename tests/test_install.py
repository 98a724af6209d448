"""What `make` and pip do, without installing 5 GB."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from mlpe_mmpose.compat import stack

ROOT = Path(__file__).parents[1]


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
        assert f'{name}=={pinned[name]}' in part.install.split()


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


def test_a_second_setup_installs_nothing_and_says_so(checkout):
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


def test_an_interrupted_setup_is_completed_with_the_same_options(checkout):
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


def test_compiled_ops_that_do_not_load_end_the_setup(checkout):
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
