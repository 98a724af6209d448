"""A file that takes its place whole, or not at all."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path


def check_output(out_file: Path) -> None:
    """Reject a path at which no file can be, before the work.

    Raises:
        FileNotFoundError: If it is a folder, or in none that exists.
    """
    if out_file.is_dir() or not out_file.parent.is_dir():
        raise FileNotFoundError(
            f'{out_file} cannot be written: it needs to be a file in a '
            'folder that exists.'
        )


@contextlib.contextmanager
def kept_if_good(out_file: Path) -> Iterator[Path]:
    """A file beside ``out_file`` that takes its place, unless one raises."""
    unproven = out_file.with_name(f'.{out_file.name}.{os.getpid()}')
    try:
        yield unproven
        os.replace(unproven, out_file)
    finally:
        unproven.unlink(missing_ok=True)
