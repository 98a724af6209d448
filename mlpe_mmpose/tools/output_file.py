"""Writes output files and folders whole or not at all."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path


def check_output(out_file: Path, *inputs: str | os.PathLike) -> None:
    """Check, before the work, that a file can be written at a path.

    Args:
        out_file (Path): The file
        inputs (str | PathLike): Files that are read, and not to be replaced

    Raises:
        ValueError: If the path is one of the inputs.
        FileNotFoundError: If the path is a folder or a device, or its folder
            is missing.
        OSError: If the folder takes no file.
    """
    is_other = out_file.exists() and not out_file.is_file()
    if is_other or not out_file.parent.is_dir():
        raise FileNotFoundError(
            f'{out_file} cannot be written: it needs to be a file in a '
            'folder that exists.'
        )
    for path in map(Path, inputs):
        if out_file.exists() and path.exists() and out_file.samefile(path):
            raise ValueError(
                f'{out_file} cannot be written, because it is read, too. Name '
                'another file.'
            )
    try:
        # a file without a name, that nobody sees
        tempfile.TemporaryFile(dir=out_file.parent).close()
    except OSError as error:
        raise type(error)(
            f'{out_file} cannot be written, because its folder takes no '
            f'file: {error.strerror}.'
        ) from error


@contextlib.contextmanager
def write_then_check(out_file: Path) -> Iterator[Path]:
    """Give the path of a new file that replaces ``out_file`` at the end.

    The body of the ``with`` statement writes the new file, and may check it.
    If the body raises an error, ``out_file`` stays as it was. A folder can be
    written in the same way, if ``out_file`` is empty or does not exist.

    Yields:
        Path: A path in the same folder, with the same suffix.
    """
    unproven = out_file.with_name(f'.{os.getpid()}.{out_file.name}')
    try:
        yield unproven
        os.replace(unproven, out_file)
    finally:
        if unproven.is_dir():
            shutil.rmtree(unproven)
        unproven.unlink(missing_ok=True)
