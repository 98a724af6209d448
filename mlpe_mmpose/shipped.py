"""Finds the configs and benchmarks that come with the package."""

import difflib
from pathlib import Path


def find_shipped(name: str) -> Path:
    """Find a config or benchmark, in a checkout or an installed wheel.

    Args:
        name (str): Path below the checkout's root, as ``'configs/x.py'``

    Returns:
        Path: The path, relative to the current folder if the file is below.

    Raises:
        FileNotFoundError: If there is no such file.
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


def find_config(name: str) -> Path:
    """Find a shipped config by its name.

    Args:
        name (str): File name, with or without folders and ``.py``

    Returns:
        Path: The absolute path.

    Raises:
        ValueError: If no config has that name.
    """
    paths = [
        path
        for path in find_shipped('configs').resolve().rglob('*.py')
        if '_base_' not in path.parts
    ]
    wanted = f'/{name.removesuffix(".py")}'
    for path in paths:
        if path.with_suffix('').as_posix().endswith(wanted):
            return path
    stems = [path.stem for path in paths]
    close = difflib.get_close_matches(Path(name).stem, stems)
    guess = f'; did you mean {" or ".join(close)}?' if close else '.'
    raise ValueError(
        f'no shipped config is called {name!r}{guess} '
        '`python -m mlpe_mmpose configs` lists them.'
    )


def inherit_shipped(name: str) -> str:
    """Write a ``_base_`` with which a config inherits a shipped config.

    The expression imports this package, so that every program can read the
    config, ``mim train mmpose`` included. It names no folder, so that the
    config can be read on another machine.

    Args:
        name (str): Path of the shipped config below ``configs/``

    Returns:
        str: A Python expression, to be written after ``_base_ =``.
    """
    return f"__import__('mlpe_mmpose').__name__ + {f'::{name}'!r}"
