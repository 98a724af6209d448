"""Read the metadata of an ONNX file, and refuse paths that leave its folder.

An ONNX file is a message of Protocol Buffers. It is parsed here, because a
runtime would open every file that the message names, and because the package
onnx, which could parse it, is not needed for anything else.
"""

import mmap
from collections.abc import Iterator
from os import PathLike
from pathlib import Path

# Fields of each message of onnx.proto that lead to a tensor, by number.
_MESSAGES = {
    'Model': {7: 'Graph', 14: 'Property', 20: 'Training', 25: 'Function'},
    'Training': {1: 'Graph', 2: 'Graph'},
    'Function': {7: 'Node', 11: 'Attribute'},
    'Graph': {1: 'Node', 5: 'Tensor', 15: 'SparseTensor'},
    'Node': {5: 'Attribute'},
    'Attribute': {
        5: 'Tensor',
        6: 'Graph',
        10: 'Tensor',
        11: 'Graph',
        22: 'SparseTensor',
        23: 'SparseTensor',
    },
    'SparseTensor': {1: 'Tensor', 2: 'Tensor'},
    'Tensor': {13: 'ExternalData'},
}
# No exporter nests graphs in graphs as deeply as this.
_MAX_DEPTH = 50


def read_properties(path: str | PathLike) -> dict[str, str]:
    """Read the metadata of an ONNX file, before anything else opens it.

    Args:
        path (str | PathLike): The file

    Returns:
        dict[str, str]: ``metadata_props`` of the model.

    Raises:
        OSError: If the file cannot be read.
        ValueError: If the file is no ONNX file, or keeps tensors in a file
            outside its own folder.
    """
    path = Path(path)
    properties = {}
    with path.open('rb') as file:
        try:
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
                entries = list(_find_entries(data, 0, len(data), 'Model'))
        # text that is not UTF-8 is a ValueError too
        except (ValueError, IndexError) as error:
            raise ValueError(
                f'{path} is no ONNX file, or is damaged: {error}.'
            ) from error
    for kind, key, value in entries:
        if kind == 'Property':
            properties[key] = value
        elif key == 'location':
            _check_location(path, value)
    return properties


def _check_location(path: Path, location: str) -> None:
    """Refuse a file of tensors that is not below the folder of the model."""
    folder = path.parent.resolve()
    if not (folder / location).resolve().is_relative_to(folder):
        raise ValueError(
            f'{path} asks to read tensors from {location!r}, which is outside '
            'its own folder, so the file is not opened.'
        )


def _find_entries(
    data: mmap.mmap, start: int, end: int, message: str, depth: int = 0
) -> Iterator[tuple[str, str, str]]:
    """Yield the kind, key and value of each entry that is looked for."""
    if depth > _MAX_DEPTH:
        raise ValueError('its graphs are nested too deeply')
    for number, first, last in _split_fields(data, start, end):
        kind = _MESSAGES[message].get(number)
        if kind in ('Property', 'ExternalData'):
            entry = {
                field: data[begin:stop].decode()
                for field, begin, stop in _split_fields(data, first, last)
            }
            yield kind, entry.get(1, ''), entry.get(2, '')
        elif kind is not None:
            yield from _find_entries(data, first, last, kind, depth + 1)


def _split_fields(
    data: mmap.mmap, start: int, end: int
) -> Iterator[tuple[int, int, int]]:
    """Yield number, start and end of the fields of a message that have bytes.

    Fields with plain numbers are passed over.
    """
    while start < end:
        tag, start = _read_varint(data, start)
        wire_type, length = tag & 7, 0
        if wire_type == 0:
            _, start = _read_varint(data, start)
        elif wire_type == 2:
            length, start = _read_varint(data, start)
        elif wire_type in (1, 5):
            length = 8 if wire_type == 1 else 4
        else:
            raise ValueError(f'a field has the unknown type {wire_type}')
        if start + length > end:
            raise ValueError('a field is longer than its message')
        if wire_type == 2:
            yield tag >> 3, start, start + length
        start += length


def _read_varint(data: mmap.mmap, start: int) -> tuple[int, int]:
    """Read a number of 7 bits a byte; return it and the place after it."""
    value = shift = 0
    while data[start] & 0x80:
        value |= (data[start] & 0x7F) << shift
        shift += 7
        start += 1
        # 10 bytes hold the largest number
        if shift > 63:
            raise ValueError('a number is too long')
    return value | data[start] << shift, start + 1
