"""Try every part of the stack, as training would.

As a program, this module tries the parts that its arguments name, and writes
one line of JSON for each. `checkup` starts that program and reads the lines.
If a part ends the process, `checkup` starts another one for the next parts.
"""

import importlib
import json
import os
import platform
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import NamedTuple

from mlpe_mmpose.compat import mmcv_ops, stack
from mlpe_mmpose.compat.diagnosis import Diagnosis, explain
from mlpe_mmpose.version import __version__

TESTED_PYTHONS = ((3, 10), (3, 12))


class Finding(NamedTuple):
    """The result of trying one part.

    Args:
        name (str): The part
        version (str): Version of its distribution; empty if not installed
        fine (bool): Whether the part works
        note (str): What is wrong, or more about a part that works
        command (str): Command that mends the part; empty if it works
        needed (bool): Whether training needs the part
    """

    name: str
    version: str
    fine: bool
    note: str = ''
    command: str = ''
    needed: bool = True


def checkup() -> Iterator[Finding]:
    """Try Python, the stack, this package, and optional packages.

    Yields:
        Finding: The result of one part, as soon as it is known.
    """
    yield _try_python()
    left = list(_TRIALS)
    while left:
        process = subprocess.Popen(
            [sys.executable, '-m', __name__, *left],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        with process:
            for line in process.stdout:
                finding = Finding(**json.loads(line))
                left.remove(finding.name)
                yield finding
        if left:
            yield _describe_crash(left.pop(0), process.returncode)


def _try_python() -> Finding:
    first, last = TESTED_PYTHONS
    fine = sys.version_info[:2] >= first
    note = sys.executable
    if sys.version_info[:2] > last:
        note += ' (tested: {}.{} to {}.{})'.format(*first, *last)
    command = '' if fine else 'make clean setup PYTHON=python3.11'
    return Finding('Python', platform.python_version(), fine, note, command)


def _describe_crash(name: str, status: int) -> Finding:
    """Return the finding on a part that ended its process."""
    end = signal.Signals(-status).name if status < 0 else f'status {status}'
    error = RuntimeError(f'its import ends the process ({end})')
    return _describe_failure(name, error)


def _describe_failure(name: str, error: BaseException) -> Finding:
    """Return the finding on a part that raised an error."""
    part = _PART_OF_NAME.get(name)
    installed = stack.found(part) if part else None
    diagnosis = explain(error)
    if diagnosis is None:
        first_line = (str(error).splitlines() or [''])[0]
        problem = f'{type(error).__name__}: {first_line}'.rstrip('.') + '.'
        command = f'{sys.executable} -c "import mlpe_mmpose"'
        if installed:
            again = '--force-reinstall --no-deps {}=={}'.format(*installed)
            command = stack.pip(again)
        diagnosis = Diagnosis(problem, command)
    only_for = part.only_for if part else ''
    return Finding(
        name,
        installed[1] if installed else '',
        False,
        diagnosis.problem + (f' Only for {only_for}.' if only_for else ''),
        diagnosis.command,
        not only_for,
    )


def _try_torch() -> str:
    import torch

    # the first use of NumPy and of the device may fail, where imports pass
    torch.zeros(1).numpy()
    if not torch.cuda.is_available():
        return 'on the CPU (no GPU that this torch can use)'
    (torch.zeros(1, device='cuda') + 1).item()
    return f'on {torch.cuda.get_device_name()}, CUDA {torch.version.cuda}'


def _try_torchvision() -> str:
    import torch
    import torchvision

    torchvision.ops.nms(torch.zeros(1, 4), torch.zeros(1), 0.5)
    return ''


def _try_mmcv() -> str:
    # the compiled ops need libraries that torch loads
    import torch  # noqa: F401

    mmcv_ops.install()
    if mmcv_ops.is_stand_in(importlib.import_module('mmcv._ext')):
        return 'ops not compiled: MLPE needs none, most detectors do'
    importlib.import_module('mmcv.ops')
    return 'ops compiled'


def _try_registration() -> str:
    import mlpe_mmpose.registration

    return f'{len(mlpe_mmpose.__all__)} classes registered'


def _make_import_trial(*modules: str) -> Callable[[], str]:
    """Return a trial that imports modules, and has no note."""

    def trial() -> str:
        mmcv_ops.install()
        for module in modules:
            importlib.import_module(module)
        return ''

    return trial


# name of a part -> function that uses it as training does, and returns a note
_TRIALS: dict[str, Callable[[], str]] = {
    'numpy': _make_import_trial('numpy'),
    'torch': _try_torch,
    'torchvision': _try_torchvision,
    'opencv': _make_import_trial('cv2'),
    'mmengine': _make_import_trial('mmengine.runner'),
    'mmcv': _try_mmcv,
    'xtcocotools': _make_import_trial(
        'xtcocotools.coco', 'xtcocotools.cocoeval'
    ),
    'mmdet': _make_import_trial('mmdet.utils'),
    'mmpretrain': _make_import_trial('mmpretrain'),
    'mmpose': _make_import_trial(
        'mmpose.models', 'mmpose.datasets', 'mmpose.engine'
    ),
    'openmim': _make_import_trial('mim.commands.train'),
    'mlpe_mmpose': _try_registration,
    **{part.name: _make_import_trial(part.module) for part in stack.OPTIONAL},
}
_PART_OF_NAME = {part.name: part for part in stack.PART_OF_MODULE.values()}


def _try_part(name: str) -> Finding:
    """Try one part in this process."""
    try:
        note = _TRIALS[name]()
    except Exception as error:
        return _describe_failure(name, error)
    part = _PART_OF_NAME.get(name)
    if part is None:  # this package
        return Finding(name, __version__, True, note)
    if part.only_for:
        note = f'only for {part.only_for}'
    version = getattr(sys.modules[part.module], '__version__', 'unknown')
    distribution, version = stack.found(part) or (name, version)
    if distribution != name:
        note = f'from {distribution}; {note}'.removesuffix('; ')
    return Finding(name, version, True, note)


def _write_findings(names: list[str]) -> None:
    # many parts print when they are imported; only findings may reach the pipe
    pipe = os.fdopen(os.dup(1), 'w')
    os.dup2(2, 1)
    for name in names:
        pipe.write(json.dumps(_try_part(name)._asdict()) + '\n')
        pipe.flush()


if __name__ == '__main__':
    _write_findings(sys.argv[1:])
