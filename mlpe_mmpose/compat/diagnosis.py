"""Explain unclear import errors of the stack.

Nothing is checked unless an import has failed. The error is then compared
with a list of known failures.
"""

import contextlib
import re
import sys
import traceback
from collections.abc import Iterator
from typing import NamedTuple

from . import stack


class Diagnosis(NamedTuple):
    """A problem of the installed stack, and the command that solves it.

    Args:
        problem (str): A sentence that names the package and its version
        command (str): A shell command that solves the problem
    """

    problem: str
    command: str

    def __str__(self) -> str:
        return (
            f'{self.problem}\nThis mends it:\n\n    {self.command}\n\n'
            '`python -m mlpe_mmpose doctor` checks the whole stack.'
        )


def explain(error: BaseException) -> Diagnosis | None:
    """Explain an error of the stack, and name the command that solves it.

    Args:
        error (BaseException): An error that an import of the stack has raised

    Returns:
        Diagnosis, optional: ``None`` if the error is not known.
    """
    cause: BaseException | None = error
    while cause is not None:
        failure = _Failure(cause)
        for rule in _RULES:
            diagnosis = rule(failure)
            if diagnosis is not None:
                return Diagnosis(*diagnosis)
        cause = cause.__cause__ or cause.__context__
    return None


@contextlib.contextmanager
def explain_import_errors() -> Iterator[None]:
    """Explain an error of the enclosed imports.

    Raises:
        ImportError: With the diagnosis, from the original error. An error
            without a diagnosis is raised unchanged.
    """
    try:
        yield
    except Exception as error:
        diagnosis = explain(error)
        if diagnosis is None:
            raise
        raise ImportError(str(diagnosis)) from error


class _Failure:
    """An error, and the package whose code raised it.

    Args:
        error (BaseException): The error
    """

    def __init__(self, error: BaseException) -> None:
        self.error, self.text = error, str(error)
        frames = (frame for frame, _ in traceback.walk_tb(error.__traceback__))
        names = [frame.f_globals.get('__name__', '') for frame in frames]
        names = [name.partition('.')[0] for name in names]
        # top-level modules of the traceback, outermost first
        self.modules = [name for name in names if name != 'importlib']
        self.module = (self.modules or ['Python'])[-1]
        self.package = stack.describe(self.module)
        self.name, _, self.version = self.package.partition(' ')


# A rule returns the problem and the command of a diagnosis, or None if it does
# not know the failure.
_Answer = tuple[str, str] | None
_BUILD_ANEW = '--force-reinstall --no-deps --no-build-isolation --no-cache-dir'


def _explain_missing_package(failure: _Failure) -> _Answer:
    """A part, or a package that a part needs, is not installed."""
    error = failure.error
    if not isinstance(error, ModuleNotFoundError) or not error.name:
        return None
    top, _, inner = error.name.partition('.')
    absent = 'is not installed'
    if failure.module not in ('__main__', 'mlpe_mmpose'):
        absent += f', and {failure.package} imports it'
    if top == 'pkg_resources':
        problem = f'setuptools {stack.version("setuptools")} has no {top} any '
        problem += f'more, and {failure.package} imports it.'
        return problem, stack.pip_command('"setuptools<81"')
    part = stack.PART_OF_MODULE.get(top)
    if part and inner:
        problem = f'{stack.describe(top)} has no module {error.name}: it is '
        problem += 'not the release that is needed, or not complete.'
        return problem, stack.install_command(part)
    if part:
        return f'{part.name} {absent}.', stack.install_command(part)
    # packages that are installed together with a part
    name = {'yaml': 'pyyaml', 'PIL': 'pillow'}.get(top, top)
    needs = ' '.join(part.needs for part in stack.PARTS).split()
    if name.replace('_', '-') in needs:
        return f'{name} {absent}.', stack.pip_command(name)
    return None


def _explain_torchvision(failure: _Failure) -> _Answer:
    """torchvision was compiled for another torch."""
    torch, vision = stack.version('torch'), stack.version('torchvision')
    # torch 2.N.P and torchvision 0.(N + 15).P are released together
    release = re.match(r'2\.(\d+)\.(\d+)', torch)
    fits = f'0.{int(release[1]) + 15}.{release[2]}' if release else ''
    misfit = 'torchvision' in failure.modules and not vision.startswith(fits)
    if not misfit and 'torchvision::' not in failure.text:
        return None
    call = '--force-reinstall torch torchvision'
    if fits:
        call = f'--force-reinstall --no-deps torchvision=={fits}'
    if '+' in torch:
        call += ' --index-url THE-ONE-THAT-TORCH-CAME-FROM'
    problem = f'torchvision {vision} was built for another torch than the '
    return problem + f'installed {torch}.', stack.pip_command(call)


def _explain_compiled_for_numpy(failure: _Failure) -> _Answer:
    """A compiled package was built for another numpy."""
    signs = r'numpy\.dtype size changed|numpy\.core\.multiarray failed|'
    signs += r'_ARRAY_API not found|compiled using NumPy 1'
    if not re.search(signs, failure.text):
        return None
    name, version = failure.name, failure.version
    problem = f'{name} {version} was compiled for another numpy than the '
    problem += f'installed {stack.version("numpy")}.'
    calls = (f'--upgrade --force-reinstall --no-deps {name}',)
    if name == 'xtcocotools' and sys.version_info >= (3, 13):
        uninstall = stack.pip_command(f'uninstall -y {name}')
        part = stack.PART_OF_MODULE[name]
        return problem, f'{uninstall} && {stack.install_command(part)}'
    if name == 'xtcocotools':
        # The wheels of xtcocotools are for numpy 1. Compiled on this
        # machine, it fits the installed numpy.
        calls = (
            f'cython matplotlib "{stack.BUILD_TOOL}"',
            f'{_BUILD_ANEW} --no-binary {name} {name}=={version}',
        )
    return problem, stack.pip_command(*calls)


def _explain_removed_from_numpy(failure: _Failure) -> _Answer:
    """A package uses a name that numpy 2 does not have."""
    numpy = stack.version('numpy')
    signs = r"was removed in the NumPy 2|module 'numpy' has no attribute"
    known = isinstance(failure.error, AttributeError)
    if not known or not re.search(signs, failure.text):
        return None
    problem = f'{failure.package} is too old for numpy {numpy} '
    problem += f'({failure.text.splitlines()[0]}).'
    call = '"numpy<2"' if numpy >= '2' else '"numpy==1.23.5"'
    return problem, stack.pip_command(call)


def _explain_mmcv_ops(failure: _Failure) -> _Answer:
    """mmcv's ops were compiled for another torch."""
    path = (getattr(failure.error, 'path', None) or '').replace('\\', '/')
    if 'mmcv/_ext' not in path:
        return None
    name, _, version = stack.describe('mmcv').partition(' ')
    problem = f'The ops of {name} {version} do not load with torch '
    problem += f'{stack.version("torch")}: they were compiled for another.'
    calls = (f'{_BUILD_ANEW} {name}=={version}',)
    if name == 'mmcv':
        problem += ' MLPE needs none; `make setup MMCV=full` compiles them.'
        calls = ('uninstall -y mmcv', f'--no-deps mmcv-lite=={version}')
    return problem, stack.pip_command(*calls)


def _explain_missing_library(failure: _Failure) -> _Answer:
    """OpenCV's build with windows lacks a library of the system."""
    library = r'(lib(GL|gthread|SM|Xext|X|xcb)\S*\.so\S*):'
    library = re.match(library, failure.text)
    if not library or failure.module != 'cv2':
        return None
    name, version = failure.name, failure.version
    headless = name.removesuffix('-headless') + '-headless'
    problem = f'{name} {version} needs {library[1]}, which this machine has '
    problem += 'not; the build without windows does not need it.'
    calls = (f'uninstall -y {name}', f'--no-deps {headless}=={version}')
    return problem, stack.pip_command(*calls)


def _explain_refused_version(failure: _Failure) -> _Answer:
    """A package of OpenMMLab refuses the version of another package."""
    refused = r'(MMCV|MMEngine)==\S+ is used but incompatible'
    refused = re.match(refused, failure.text)
    if not refused:
        return None
    part = stack.PART_OF_MODULE.get(failure.module)
    needed = stack.PART_OF_MODULE[refused[1].lower()]
    installed = stack.describe(needed.module)
    name = installed.partition(' ')[0]
    calls = (f'uninstall -y {name}', needed.install)
    if name.startswith('onedl') and part and part.fork:
        calls = (f'uninstall -y {failure.name}', part.fork)
    problem = f'{failure.package} does not accept {installed}. '
    problem += failure.text.partition('. ')[2]
    return problem, stack.pip_command(*calls)


_RULES = (
    _explain_missing_package,
    _explain_torchvision,
    _explain_compiled_for_numpy,
    _explain_removed_from_numpy,
    _explain_mmcv_ops,
    _explain_missing_library,
    _explain_refused_version,
)
