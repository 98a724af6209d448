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
