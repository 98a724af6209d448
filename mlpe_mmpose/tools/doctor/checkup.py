"""Tries every part of the stack, as training would.

Run as a module, with names of parts, it tries these in its own process and
writes one line of JSON for each. `checkup` reads them: a part that takes the
process down with it does not hide those that come after it.
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

TESTED_PYTHONS = ((3, 10), (3, 12))


class Finding(NamedTuple):
    """What came out of trying one part.

    Args:
        name (str): The part
        version (str): Its distribution's version; empty if not installed
        fine (bool): Whether it works
        note (str): More about it; what is wrong, if it does not work
        command (str): What mends it; empty if there is nothing to mend
        needed (bool): Whether training needs it
    """

    name: str
    version: str
    fine: bool
    note: str = ''
    command: str = ''
    needed: bool = True


def checkup() -> Iterator[Finding]:
    """Try Python, every part of the stack, MLPE's own registration, and the
    packages that single features need.

    Yields:
        Finding: One a part, as soon as it is known.
    """
    yield _python()
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
            yield _broken_off(left.pop(0), process.returncode)


def _python() -> Finding:
    first, last = TESTED_PYTHONS
    fine = sys.version_info[:2] >= first
    note = sys.executable
    if sys.version_info[:2] > last:
        note += ' (tested: {}.{} to {}.{})'.format(*first, *last)
    command = '' if fine else 'make clean setup PYTHON=python3.11'
    return Finding('Python', platform.python_version(), fine, note, command)


def _broken_off(name: str, status: int) -> Finding:
    """The finding on a part that has ended the process that tried it."""
    end = signal.Signals(-status).name if status < 0 else f'status {status}'
    error = RuntimeError(f'its import ends the process ({end})')
    return _failed(name, error)


def _failed(name: str, error: BaseException) -> Finding:
    """The finding on a part that has raised an error."""
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

    # numpy and the device are first used here, and may fail only here
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
    # torch loads the libraries that the ops are linked with
    import torch  # noqa: F401

    mmcv_ops.install()
    if mmcv_ops.is_stand_in(importlib.import_module('mmcv._ext')):
        return 'ops not compiled: MLPE needs none, most detectors do'
    importlib.import_module('mmcv.ops')
    return 'ops compiled'


def _try_registration() -> str:
    import mlpe_mmpose.registration

    return f'{len(mlpe_mmpose.__all__)} classes registered'


def _imports(*modules: str) -> Callable[[], str]:
    """A trial that only imports."""

    def trial() -> str:
        mmcv_ops.install()
        for module in modules:
            importlib.import_module(module)
        return ''

    return trial


# name -> what training does with the part; returns a note
_TRIALS: dict[str, Callable[[], str]] = {
    'numpy': _imports('numpy'),
    'torch': _try_torch,
    'torchvision': _try_torchvision,
    'opencv': _imports('cv2'),
    'mmengine': _imports('mmengine.runner'),
    'mmcv': _try_mmcv,
    'xtcocotools': _imports('xtcocotools.coco', 'xtcocotools.cocoeval'),
    'mmdet': _imports('mmdet.utils'),
    'mmpretrain': _imports('mmpretrain'),
    'mmpose': _imports('mmpose.models', 'mmpose.datasets', 'mmpose.engine'),
    'openmim': _imports('mim.commands.train'),
    'mlpe_mmpose': _try_registration,
    **{part.name: _imports(part.module) for part in stack.OPTIONAL},
}
_PART_OF_NAME = {part.name: part for part in stack.PART_OF_MODULE.values()}


def _examine(name: str) -> Finding:
    """Try one part in this process."""
    try:
        note = _TRIALS[name]()
    except Exception as error:
        return _failed(name, error)
    part = _PART_OF_NAME.get(name)
    installed = stack.found(part) if part else None
    if part and part.only_for:
        note = f'only for {part.only_for}'
    if part is None:
        from mlpe_mmpose.version import __version__

        return Finding(name, __version__, True, note)
    if installed is None:
        module = sys.modules[part.module]
        version = getattr(module, '__version__', 'unknown')
        return Finding(name, version, True, note)
    if installed[0] != part.name:
        note = f'from {installed[0]}; {note}'.removesuffix('; ')
    return Finding(name, installed[1], True, note)


def _main(names: list[str]) -> None:
    # only findings may reach the pipe: many parts print when imported
    pipe = os.fdopen(os.dup(1), 'w')
    os.dup2(2, 1)
    for name in names:
        pipe.write(json.dumps(_examine(name)._asdict()) + '\n')
        pipe.flush()


if __name__ == '__main__':
    _main(sys.argv[1:])
