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

TESTED_PYTHONS = ((3, 10), (3, 14))


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
    left = list(_PARTS)
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
        if left:  # the next part has ended the process
            status = process.returncode
            end = f'status {status}'
            if status < 0:
                end = signal.Signals(-status).name
            error = RuntimeError(f'its import ends the process ({end})')
            yield _describe_failure(left.pop(0), error)


def _try_python() -> Finding:
    """Compare the running Python with those that are tested."""
    first, last = TESTED_PYTHONS
    fine = sys.version_info[:2] >= first
    note = sys.executable
    if sys.version_info[:2] > last:
        note += ' (tested: {}.{} to {}.{})'.format(*first, *last)
    command = '' if fine else 'make clean setup PYTHON=python3.11'
    return Finding('Python', platform.python_version(), fine, note, command)


def _describe_failure(name: str, error: BaseException) -> Finding:
    """Return the finding on a part that raised an error."""
    part = _PARTS[name]
    installed = None if part is _THIS_PACKAGE else stack.find_installed(part)
    diagnosis = explain(error)
    if diagnosis is None:
        first_line = (str(error).splitlines() or [''])[0]
        problem = f'{type(error).__name__}: {first_line}'.rstrip('.') + '.'
        command = f'{sys.executable} -c "import mlpe_mmpose"'
        if installed:
            again = '--force-reinstall --no-deps {}=={}'.format(*installed)
            command = stack.pip_command(again)
        diagnosis = Diagnosis(problem, command)
    note = diagnosis.problem
    if part.only_for:
        note += f' Only for {part.only_for}.'
    version = installed[1] if installed else ''
    needed = not part.only_for
    return Finding(name, version, False, note, diagnosis.command, needed)


def _check_torch() -> str:
    import torch

    # the first use of NumPy and of the device may fail, where imports pass
    torch.zeros(1).numpy()
    if not torch.cuda.is_available():
        return 'on the CPU (no GPU that this torch can use)'
    (torch.zeros(1, device='cuda') + 1).item()
    return f'on {torch.cuda.get_device_name()}, CUDA {torch.version.cuda}'


def _check_torchvision() -> str:
    import torch
    import torchvision

    torchvision.ops.nms(torch.zeros(1, 4), torch.zeros(1), 0.5)
    return ''


def _check_mmcv() -> str:
    # the compiled ops need libraries that torch loads
    import torch  # noqa: F401

    if mmcv_ops.is_stand_in(importlib.import_module('mmcv._ext')):
        return 'ops not compiled: MLPE needs none, most detectors do'
    importlib.import_module('mmcv.ops')
    return 'ops compiled'


def _check_registration() -> str:
    import mlpe_mmpose.registration

    return f'{len(mlpe_mmpose.__all__)} classes registered'


# What training imports of a part, where that is not only the part's module.
_MODULES = {
    'mmengine': ('mmengine.runner',),
    'xtcocotools': ('xtcocotools.coco', 'xtcocotools.cocoeval'),
    'mmdet': ('mmdet.utils',),
    'mmpose': ('mmpose.models', 'mmpose.datasets', 'mmpose.engine'),
    'openmim': ('mim.commands.train',),
}
# A function that uses a part as training does, and returns a note.
_CHECKS: dict[str, Callable[[], str]] = {
    'torch': _check_torch,
    'torchvision': _check_torchvision,
    'mmcv': _check_mmcv,
    'mlpe_mmpose': _check_registration,
}
_THIS_PACKAGE = stack.Part('mlpe_mmpose', '')
_PARTS = {
    part.name: part for part in (*stack.PARTS, _THIS_PACKAGE, *stack.OPTIONAL)
}


def _try_part(name: str) -> Finding:
    """Try one part in this process."""
    part = _PARTS[name]
    try:
        mmcv_ops.install()
        for module in _MODULES.get(name, (part.module,)):
            importlib.import_module(module)
        note = _CHECKS[name]() if name in _CHECKS else ''
    except Exception as error:
        return _describe_failure(name, error)
    if part.only_for:
        note = f'only for {part.only_for}'
    version = getattr(sys.modules[part.module], '__version__', 'unknown')
    if part is not _THIS_PACKAGE:
        distribution, version = stack.find_installed(part) or (name, version)
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
