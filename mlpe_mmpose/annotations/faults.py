"""The faults of files of annotations."""

import codecs
import json
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

UTF16_MARKS = codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE


class Fault(NamedTuple):
    """A fault of an entry of a file.

    Args:
        kind (str): ``'image'``, ``'annotation'``, ``'category'``,
            ``'detection'`` or ``'pose'``; ``'file'`` for the whole file
        field (str): The name of the field, ``''`` for the whole entry
        message (str): The entry, the field, its value, and what is needed
        position (int, optional): The index of the entry in its list
    """

    kind: str
    field: str
    message: str
    position: int | None = None


def fault_of_file(field: str, lack: str) -> Fault:
    """Return a fault of the whole file, such as ``lack="no 'images'"``."""
    return Fault('file', field, f'the file has {lack}.')


def read_json(path: str | Path) -> object:
    """Read a file of annotations or detections.

    Raises:
        OSError: If the file cannot be read.
        ValueError: If it is no JSON file.
    """
    try:
        return json.loads(Path(path).read_bytes())
    except (ValueError, RecursionError) as error:
        raise ValueError(f'{path} is no JSON file: {error}.') from error


def refuse_mark(path: str | Path) -> None:
    """Refuse a file that MMPose cannot read for its byte order mark.

    Programs of Windows write such a mark. :func:`read_json` reads the file.

    Raises:
        OSError: If the file cannot be read.
        ValueError: If the file begins with the mark of UTF-8 or UTF-16.
    """
    with open(path, 'rb') as file:
        if file.read(3).startswith((codecs.BOM_UTF8, *UTF16_MARKS)):
            raise ValueError(
                f'{path} begins with a byte order mark, at which MMPose '
                'fails. Save the file as UTF-8 without it.'
            )


def refuse_faults(path: str | Path, faults: Iterable[Fault]) -> None:
    """Refuse a file that has a fault.

    Raises:
        ValueError: Names the file, and has the message of the first fault.
    """
    for fault in faults:
        raise ValueError(f'{path}, {fault.message}')
