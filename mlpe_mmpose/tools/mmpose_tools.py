"""Runs MMPose's own scripts in a process that has imported this package."""

import runpy
import sys
from pathlib import Path

import mmpose


def run_mmpose_tool(name: str) -> None:
    """Run a script that MMPose has installed, as if it had been started.

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
    sys.argv[0] = str(script)
    runpy.run_path(str(script), run_name='__main__')
