"""Where the files are that come with the package, but not in it."""

from pathlib import Path


def find_shipped(name: str) -> Path:
    """The path of a config or benchmark, in a checkout or a built wheel.

    Args:
        name (str): Below the checkout's root, as ``'configs/x.py'``

    Returns:
        Path: As a user would type it, where that is possible.

    Raises:
        FileNotFoundError: If the package was not installed as a whole.
    """
    package = Path(__file__).resolve().parent
    for root in (package.parent, package / '.mim'):
        path = root / name
        if path.exists():
            here = Path.cwd()
            return path.relative_to(here) if here in path.parents else path
    raise FileNotFoundError(
        f'{name} is neither in the checkout nor in the installed package; '
        'install mlpe_mmpose again.'
    )


def inherit_shipped(name: str) -> str:
    """Write the Python expression by which a config inherits a shipped one.

    MMEngine evaluates the expression before it looks for the base, and
    thereby imports this package, which lets MMEngine find the base. Hence
    any script of MMPose can read the config, in any folder.

    Args:
        name (str): Path of the shipped config below ``configs/``

    Returns:
        str: The value of ``_base_``, as source code.
    """
    return f"__import__('mlpe_mmpose').__name__ + '::{name}'"
