"""Writes a JSON list item by item, valid after every item."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

END = '\n]\n'


class JsonList:
    """A file with a JSON list, one item a line.

    Every call of :meth:`append` overwrites the end of the list, so that the
    file is valid JSON at any time, also if the program is killed.

    Args:
        path (Path): The file, which must not exist

    Raises:
        FileExistsError: If the file exists, as where two calls that began at
            the same time write to one folder.
    """

    def __init__(self, path: Path) -> None:
        self.count = 0
        self._file = open(path, 'x')  # noqa: SIM115, closed by `__exit__`
        self._file.write(f'[{END}')
        self._file.flush()

    def __enter__(self) -> 'JsonList':
        return self

    def __exit__(self, *error: object) -> None:
        self._file.close()

    def append(self, items: Iterable[Any]) -> None:
        """Append items, and bring them to the disk."""
        lines = [json.dumps(item) for item in items]
        if not lines:
            return
        start = ',\n' if self.count else '\n'
        self._file.seek(self._file.tell() - len(END))
        self._file.write(start + ',\n'.join(lines) + END)
        self._file.flush()
        self.count += len(lines)
