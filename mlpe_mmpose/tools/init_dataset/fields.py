"""The fields that an entry of a COCO annotation file needs.

MMPose and xtcocotools fill in some fields that are missing: `iscrowd` is 0,
`num_keypoints` is counted, and `area` is estimated from the box if the metric
has ``use_area=False``. Without the others they fail, some of them only at the
first validation.
"""

import math
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple


class Field(NamedTuple):
    """A rule about one field.

    Args:
        is_valid (callable): Whether a value of JSON is valid
        meaning (str): What a valid value is
        needed (bool): Whether the field may not be missing
    """

    is_valid: Callable[[object], bool]
    meaning: str
    needed: bool = True


def is_number(value: object) -> bool:
    """Whether a value of JSON is a number, NaN and infinity included."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_size(value: object) -> bool:
    return is_number(value) and 0 < value < math.inf


def _is_area(value: object) -> bool:
    return is_number(value) and 0 <= value < math.inf


def _is_name(value: object) -> bool:
    return isinstance(value, str) and bool(value)


def _is_box(value: object) -> bool:
    return (
        isinstance(value, list)
        and len(value) == 4
        and all(is_number(v) and math.isfinite(v) for v in value)
    )


def _is_crowd(value: object) -> bool:
    return isinstance(value, int) and value in (0, 1)


IMAGE = {
    'id': Field(_is_whole, 'a whole number that no other image has'),
    'file_name': Field(_is_name, 'the path of the file below --images'),
    'width': Field(_is_size, 'the width of the image in pixels'),
    'height': Field(_is_size, 'the height of the image in pixels'),
}
CATEGORY = {
    'id': Field(_is_whole, 'a whole number that no other category has'),
}
ANNOTATION = {
    'id': Field(_is_whole, 'a whole number that no other annotation has'),
    'image_id': Field(_is_whole, "the image's id"),
    'category_id': Field(_is_whole, "the category's id"),
    'bbox': Field(_is_box, 'a box [x, y, width, height] in pixels'),
    'area': Field(_is_area, 'an area in pixels, or left out', False),
    'iscrowd': Field(_is_crowd, '0 or 1, or left out', False),
    'num_keypoints': Field(_is_whole, 'a whole number, or left out', False),
}


def check_entries(
    path: Path, kind: str, entries: list, fields: dict[str, Field]
) -> None:
    """Refuse entries with a missing or invalid field, or with the same id.

    Args:
        path (Path): The annotation file
        kind (str): ``'image'``, ``'annotation'`` or ``'category'``
        entries (list): All entries of this kind
        fields (dict[str, Field]): The rules by field

    Raises:
        ValueError: Names the file, the entry and the field, and says what
            the field needs to be.
    """
    for position, entry in enumerate(entries):
        if not isinstance(entry, dict):
            raise ValueError(
                f'{path}: the {kind} at position {position} (from 0) is '
                f'{entry!r}, but needs to be an object with fields.'
            )
        for name, field in fields.items():
            if name in entry and field.is_valid(entry[name]):
                continue
            if name not in entry and not field.needed:
                continue
            found = f'is {entry[name]!r}' if name in entry else 'is missing'
            raise ValueError(
                f'{path}, {name_entry(kind, entry, position)}: {name!r} '
                f'{found}; it needs to be {field.meaning}.'
            )
    counts = Counter(entry['id'] for entry in entries)
    if shared := [number for number, count in counts.items() if count > 1]:
        raise ValueError(
            f"{path}: {counts[shared[0]]} entries have the {kind} 'id' "
            f'{shared[0]}, and only the last of them would be used. Give '
            f'every {kind} an id of its own.'
        )


def name_entry(kind: str, entry: dict, position: int) -> str:
    """Name an entry by its id, or by its position if it has none."""
    if _is_whole(entry.get('id')):
        return f'{kind} {entry["id"]}'
    return f'the {kind} at position {position} (from 0)'
