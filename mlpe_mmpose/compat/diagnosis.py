"""Explain unclear import errors of the stack.

Nothing is checked unless an import has failed. The error is then compared
with a list of known failures.
"""

import contextlib
import re
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
        for rule in _RULES:
            diagnosis = rule(cause, str(cause))
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


# A rule gets an error and its text. It returns the problem and the command of
# a diagnosis, or None if the rule does not know the error.
_Answer = tuple[str, str] | None


def _missing(error: BaseException, text: str) -> _Answer:
    """A part, or a package that a part needs, is not installed."""
    if not isinstance(error, ModuleNotFoundError) or not error.name:
        return None
    top, _, inner = error.name.partition('.')
    culprit = _culprit(error)
    user = stack.describe(culprit)
    absent = 'is not installed'
    if culprit not in ('__main__', 'mlpe_mmpose'):
        absent += f', and {user} imports it'
    if top == 'pkg_resources':
        problem = f'setuptools {stack.version("setuptools")} has no {top} any '
        problem += f'more, and {user} imports it.'
        return problem, stack.pip('"setuptools<81"')
    part = stack.PART_OF_MODULE.get(top)
    if part and inner:
        problem = f'{stack.describe(top)} has no module {error.name}: it is '
        problem += 'not the release that is needed, or not complete.'
        return problem, stack.install(part)
    if part:
        return f'{part.name} {absent}.', stack.install(part)
    # packages that are installed together with a part
    name = {'yaml': 'pyyaml', 'PIL': 'pillow'}.get(top, top)
    needs = ' '.join(part.needs for part in stack.PARTS).split()
    if name.replace('_', '-') in needs:
        return f'{name} {absent}.', stack.pip(name)
    return None


def _other_torch(error: BaseException, text: str) -> _Answer:
    """torchvision was compiled for another torch."""
    torch, vision = stack.version('torch'), stack.version('torchvision')
    # torch 2.N.P and torchvision 0.(N + 15).P are released together
    release = re.match(r'2\.(\d+)\.(\d+)', torch)
    fits = f'0.{int(release[1]) + 15}.{release[2]}' if release else ''
    misfit = 'torchvision' in _modules(error) and not vision.startswith(fits)
    if not misfit and 'torchvision::' not in text:
        return None
    call = '--force-reinstall torch torchvision'
    if fits:
        call = f'--force-reinstall --no-deps torchvision=={fits}'
    if '+' in torch:
        call += ' --index-url THE-ONE-THAT-TORCH-CAME-FROM'
    problem = f'torchvision {vision} was built for another torch than the '
    return problem + f'installed {torch}.', stack.pip(call)


def _other_numpy(error: BaseException, text: str) -> _Answer:
    """A compiled package was built for another numpy."""
    signs = r'numpy\.dtype size changed|numpy\.core\.multiarray failed|'
    signs += r'_ARRAY_API not found|compiled using NumPy 1'
    if not re.search(signs, text):
        return None
    name, version = _describe_culprit(error)
    calls = (f'--upgrade --force-reinstall --no-deps {name}',)
    if name == 'xtcocotools':
        # The wheels of xtcocotools are for numpy 1. Compiled on this
        # machine, it fits the installed numpy.
        calls = (
            f'cython matplotlib "{stack.BUILD_TOOL}"',
            f'{_BUILD_ANEW} --no-binary {name} {name}=={version}',
        )
    problem = f'{name} {version} was compiled for another numpy than the '
    problem += f'installed {stack.version("numpy")}.'
    return problem, stack.pip(*calls)


def _removed_from_numpy(error: BaseException, text: str) -> _Answer:
    """A package uses a name that numpy 2 does not have."""
    numpy = stack.version('numpy')
    signs = r"was removed in the NumPy 2|module 'numpy' has no attribute"
    if not isinstance(error, AttributeError) or not re.search(signs, text):
        return None
    problem = f'{" ".join(_describe_culprit(error))} is too old for numpy '
    problem += f'{numpy} ({text.splitlines()[0]}).'
    return problem, stack.pip(
        '"numpy<2"' if numpy >= '2' else '"numpy==1.23.5"'
    )


def _ops_of_other_torch(error: BaseException, text: str) -> _Answer:
    """mmcv's ops were compiled for another torch."""
    path = (getattr(error, 'path', None) or '').replace('\\', '/')
    if 'mmcv/_ext' not in path:
        return None
    name, _, version = stack.describe('mmcv').partition(' ')
    problem = f'The ops of {name} {version} do not load with torch '
    problem += f'{stack.version("torch")}: they were compiled for another.'
    calls = (f'{_BUILD_ANEW} {name}=={version}',)
    if name == 'mmcv':
        problem += ' MLPE needs none; `make setup MMCV=full` compiles them.'
        calls = ('uninstall -y mmcv', f'--no-deps mmcv-lite=={version}')
    return problem, stack.pip(*calls)


def _no_libgl(error: BaseException, text: str) -> _Answer:
    """OpenCV's build with windows lacks a library of the system."""
    library = re.match(r'(lib(GL|gthread|SM|Xext|X|xcb)\S*\.so\S*):', text)
    if not library or _culprit(error) != 'cv2':
        return None
    name, version = _describe_culprit(error)
    headless = name.removesuffix('-headless') + '-headless'
    problem = f'{name} {version} needs {library[1]}, which this machine has '
    problem += 'not; the build without windows does not need it.'
    calls = (f'uninstall -y {name}', f'--no-deps {headless}=={version}')
    return problem, stack.pip(*calls)


def _out_of_range(error: BaseException, text: str) -> _Answer:
    """A package of OpenMMLab refuses the version of another package."""
    refused = re.match(
        r'(MMCV|MMEngine)==(\S+) is used but incompatible', text
    )
    if not refused:
        return None
    old = ' '.join(_describe_culprit(error))
    part = stack.PART_OF_MODULE.get(_culprit(error))
    needed = stack.PART_OF_MODULE[refused[1].lower()]
    installed = stack.describe(needed.module)
    name = installed.partition(' ')[0]
    calls = (f'uninstall -y {name}', needed.install)
    if name.startswith('onedl') and part and part.fork:
        calls = (f'uninstall -y {old.partition(" ")[0]}', part.fork)
    problem = f'{old} does not accept {installed}. {text.partition(". ")[2]}'
    return problem, stack.pip(*calls)


def _modules(error: BaseException) -> list[str]:
    """Return the top-level modules of the traceback, outermost first."""
    frames = (frame for frame, _ in traceback.walk_tb(error.__traceback__))
    names = [frame.f_globals.get('__name__', '') for frame in frames]
    names = [name.partition('.')[0] for name in names]
    return [name for name in names if name != 'importlib']


def _culprit(error: BaseException) -> str:
    """Return the top-level module whose code raised the error."""
    return (_modules(error) or [''])[-1]


def _describe_culprit(error: BaseException) -> tuple[str, str]:
    """Return distribution and version of the module that raised an error."""
    name, _, version = stack.describe(_culprit(error)).partition(' ')
    return name, version


_BUILD_ANEW = '--force-reinstall --no-deps --no-build-isolation --no-cache-dir'
_RULES = (
    _missing,
    _other_torch,
    _other_numpy,
    _removed_from_numpy,
    _ops_of_other_torch,
    _no_libgl,
    _out_of_range,
)
