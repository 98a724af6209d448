"""Runs MMPose's own scripts in a process that has imported this package."""

import runpy
import sys
from pathlib import Path

import mmpose

from mlpe_mmpose.shipped import find_shipped

NAMES = Path(__file__).resolve().parents[1] / '.mim/names'


def run_mmpose_tool(name: str) -> None:
    """Run an installed script of MMPose with the arguments of this process.

    Importing this package before the script registers its classes, lets
    MMPose be imported where mmcv has no compiled operators, and lets
    MMEngine find ``mlpe_mmpose::`` configs.

    Args:
        name (str): Path of the script below MMPose's ``.mim/tools/``

    Raises:
        SystemExit: If the installed MMPose has no such script.
    """
    script = Path(mmpose.__file__).parent / '.mim/tools' / name
    if not script.is_file():
        sys.exit(
            f'mlpe_mmpose runs the {name} of MMPose, and the installed '
            f'MMPose {mmpose.__version__} has none in {script.parent}.'
        )
    sys.argv = [str(script), *map(_replace_name, sys.argv[1:])]
    runpy.run_path(str(script), run_name='__main__')


def _replace_name(argument: str) -> str:
    """Replace a file that ``setup.py`` has made for mim by its config.

    ``mim train mlpe_mmpose mlpe_resnest50_256x192`` finds such a file, and
    gives the path of the file to the script.
    """
    path = Path(argument)
    if path.parent != NAMES or not path.is_file():
        return argument
    return str(find_shipped('configs').resolve() / path.read_text())
