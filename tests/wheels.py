"""Virtual environments into which a wheel or a checkout is installed."""

import os
import shutil
import subprocess
import sysconfig
import venv
from pathlib import Path

ROOT = Path(__file__).parents[1]
BUILT_FROM = (
    *('pyproject.toml', 'setup.py', 'MANIFEST.in', 'LICENSE', 'README.md'),
    *('model-index.yml', 'configs', 'benchmarks', 'mlpe_mmpose'),
)
EXCLUDED = shutil.ignore_patterns('__pycache__', '*.egg-info', '.mim')
PIP_OPTIONS = ('--no-deps', '--no-build-isolation', '--no-index', '--quiet')


class Environment:
    """A virtual environment with this one's packages, but for mlpe_mmpose."""

    def __init__(self, folder: Path) -> None:
        venv.create(folder, symlinks=True)
        self.python = folder / 'bin/python'
        (self.site_packages,) = folder.glob('lib/python*/site-packages')
        # .pth files in there are not read, as that of an editable install
        packages = sysconfig.get_path('purelib')
        (self.site_packages / 'packages.pth').write_text(packages)
        # That of setuptools is needed: from Python 3.12 on, it has distutils
        # for MMEngine. By its name it is read after packages.pth.
        shutil.copy(
            f'{packages}/distutils-precedence.pth',
            self.site_packages / 'path_of_distutils.pth',
        )
        # PYTHONPATH may name the checkout
        self.variables = {
            name: value
            for name, value in os.environ.items()
            if name != 'PYTHONPATH'
        }

    def run(self, *arguments: object, cwd: Path, timeout: float = 300) -> str:
        """Output of ``python ARGUMENTS...``."""
        done = subprocess.run(
            [self.python, '-W', 'ignore', *map(str, arguments)],
            cwd=cwd,
            env=self.variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=timeout,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-5000:]
        return done.stdout

    def install(self, *what: object, cwd: Path) -> None:
        # without -I pip would find the mlpe_mmpose of this environment
        self.run('-m', 'pip', 'install', '-I', *PIP_OPTIONS, *what, cwd=cwd)


def copy_checkout(folder: Path) -> Path:
    """Copy all that a wheel is built from."""
    for name in BUILT_FROM:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=EXCLUDED)
        else:
            folder.mkdir(exist_ok=True)
            shutil.copy(source, folder)
    return folder


def install_wheel(folder: Path) -> Environment:
    """Build a wheel, and install it into a new environment below a folder."""
    checkout = copy_checkout(folder / 'checkout')
    environment = Environment(folder / 'venv')
    arguments = ('-m', 'pip', 'wheel', *PIP_OPTIONS, '-w', folder, checkout)
    environment.run(*arguments, cwd=folder)
    (built,) = folder.glob('*.whl')
    environment.install(built, cwd=folder)
    # what works then works without the checkout
    shutil.rmtree(checkout)
    return environment
