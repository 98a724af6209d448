"""A stand-in for mmcv's compiled ops where mmcv has none.

mmpose and mmdet import ``mmcv.ops``. This module needs the compiled module
``mmcv._ext``, which mmcv-lite does not have. Detectors call the ops; MLPE
does not. `install` makes ``mmcv._ext`` importable, so that training needs no
compiler. An op raises an error when it is called.
"""

import importlib.abc
import importlib.util
import pkgutil
import sys
import types
from collections.abc import Callable
from importlib.machinery import ModuleSpec

from .stack import BUILD_TOOL, describe

_NAME = 'mmcv._ext'

_HOW_TO_COMPILE = (
    '`make setup MMCV=full` in a checkout of mlpe_mmpose, or, with a C++ '
    'compiler, in any environment: `pip uninstall -y mmcv-lite && pip '
    f'install ninja "{BUILD_TOOL}" && MMCV_WITH_OPS=1 pip install '
    '--no-build-isolation --no-cache-dir --no-deps mmcv==2.1.0`'
)


class _StandIn(types.ModuleType):
    """``mmcv._ext`` without ops: every name exists and raises if called."""

    def __getattr__(self, name: str) -> Callable:
        # Python asks every module for __path__, __file__ and the like
        if name.startswith('__'):
            raise AttributeError(f'{_NAME} has no attribute {name!r}')

        def op(*args, **kwargs):
            raise RuntimeError(
                f'mmcv op {name!r} is not compiled here ({describe("mmcv")} '
                f'is installed). To compile mmcv: {_HOW_TO_COMPILE}.'
            )

        op.__name__ = name
        return op

    # `mim train` calls these two to print the environment.
    @staticmethod
    def get_compiler_version() -> str:
        return 'none (ops are not compiled)'

    get_compiling_cuda_version = get_compiler_version


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Find ``mmcv._ext`` after all other finders have failed.

    Python asks this finder last, and only when ``mmcv.ops`` is imported. A
    compiled module is therefore always found first. If the compiled module
    cannot be loaded, its own error is raised. An entry in ``sys.modules``
    would hide both.
    """

    def find_spec(self, fullname, path, target=None) -> ModuleSpec | None:
        return ModuleSpec(fullname, self) if fullname == _NAME else None

    def create_module(self, spec: ModuleSpec) -> types.ModuleType:
        return _StandIn(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        """Nothing to execute."""


_FINDER = _Finder()


def install() -> None:
    """Let ``mmcv._ext`` be imported where mmcv has no compiled ops.

    Compiled ops stay in use where mmcv has them. A second call does nothing.
    """
    if _FINDER not in sys.meta_path:
        sys.meta_path.append(_FINDER)
    # MMEngine and mmcv ask it whether there are ops; Python 3.14 has it not
    if not hasattr(pkgutil, 'find_loader'):
        pkgutil.find_loader = importlib.util.find_spec


def is_stand_in(module: types.ModuleType) -> bool:
    """Whether an imported ``mmcv._ext`` is the stand-in of this file."""
    return isinstance(module, _StandIn)
