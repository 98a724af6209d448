"""Replaces functions of MMPose."""

import sys
from collections.abc import Callable


def replace_in_mmpose(stock: Callable, replacement: Callable) -> None:
    """Replace a function in all modules of MMPose that are imported.

    Those that have imported the function itself, as the heads do, would
    otherwise keep it.

    Args:
        stock (callable): MMPose's function
        replacement (callable): What takes its place
    """
    modules = [m for n, m in sys.modules.items() if n.startswith('mmpose.')]
    for module in modules:
        if vars(module).get(stock.__name__) is stock:
            setattr(module, stock.__name__, replacement)
