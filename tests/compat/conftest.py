"""A small world of packages that fail the way the real ones do."""

import os
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def package(tmp_path: Path) -> Callable[..., Path]:
    """Makes a package that is 'installed': ``package(dist, version, ...)``."""

    def make(
        distribution: str, version: str, module: str = '', code: str = ''
    ) -> Path:
        stem = distribution.replace('-', '_')
        info = tmp_path / f'{stem}-{version}.dist-info'
        info.mkdir()
        (info / 'METADATA').write_text(
            f'Metadata-Version: 2.1\nName: {distribution}\n'
            f'Version: {version}\n'
        )
        folder = tmp_path / (module or distribution)
        folder.mkdir(exist_ok=True)
        (folder / '__init__.py').write_text(textwrap.dedent(code))
        return folder

    return make


@pytest.fixture
def run(tmp_path: Path) -> Callable[[str], str]:
    """Runs code where only the made packages and mlpe_mmpose are found.

    Without torch (``-S`` leaves out site-packages) importing mlpe_mmpose
    registers nothing, so its parts can be tried one by one.
    """

    def run_code(code: str) -> str:
        done = subprocess.run(
            [sys.executable, '-S', '-c', textwrap.dedent(code)],
            env={**os.environ, 'PYTHONPATH': f'{tmp_path}{os.pathsep}{ROOT}'},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run_code
