"""Local files that are complete or absent."""

import os
from pathlib import Path

from mmengine.fileio import LocalBackend, register_backend


@register_backend('atomic')
class AtomicFileBackend(LocalBackend):
    """Stock :class:`LocalBackend` that replaces a file in one step.

    Differs in how a file is written: to a temporary file in the same folder,
    which gets the final name when the disk has all its bytes. A stop at any
    moment, or a full disk, leaves the previous file as it was.
    """

    def put(self, obj: bytes, filepath: str | Path) -> None:
        """Write bytes to a file, whose folder is made.

        Args:
            obj (bytes): The content
            filepath (str | Path): The file

        Raises:
            OSError: If the content cannot be written. The file stays as it
                was then.
        """
        path = Path(filepath)
        path.parent.mkdir(parents=True, exist_ok=True)
        # One name for each file, so that the next attempt replaces what a
        # killed process has left.
        unfinished = path.with_name(f'{path.name}.tmp')
        try:
            with unfinished.open('wb') as file:
                file.write(obj)
                file.flush()
                os.fsync(file.fileno())
            os.replace(unfinished, path)
        except OSError as error:
            unfinished.unlink(missing_ok=True)
            raise OSError(
                error.errno,
                f'{error.strerror}. The checkpoints that are there are '
                'complete. Free space, or have --work-dir and '
                'default_hooks.checkpoint.out_dir in folders that can be '
                'written, and continue with --resume. The file was',
                str(path),
            ) from error
        # The new name is a change of the folder, not of the file.
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
