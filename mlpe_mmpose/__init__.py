"""MLPE, the multi-level human pose network, for MMPose.

Importing the package registers its classes in MMPose's registries; that is
what ``custom_imports = dict(imports=['mlpe_mmpose'])`` in a config does.
"""

import importlib.util
import sys

from .version import __version__

__all__ = ['__version__']


def _started_as_program() -> bool:
    """Whether this import comes from ``python -m mlpe_mmpose``."""
    # While Python looks for the module to run, argv[0] is '-m'; the words
    # after it are equally many in both lists.
    if sys.argv[:1] != ['-m']:
        return False
    module = sys.orig_argv[-len(sys.argv)].removeprefix('-m')
    return module.partition('.')[0] == __name__


# `doctor` must start where the stack is broken, and `synth` at once: verbs
# that need the classes import `mlpe_mmpose.registration` themselves. Without
# torch nothing could be registered or missed, and what does not need torch
# can still be imported.
if not _started_as_program() and importlib.util.find_spec('torch'):
    from . import registration  # noqa: F401
