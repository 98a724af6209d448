"""The fields that images, categories, annotations and detections need.

A field that nothing needs may be missing or ``null``: MMPose and xtcocotools
take ``iscrowd`` as 0, count ``num_keypoints``, and estimate ``area`` from the
box. Without the other fields they fail, or compute wrong figures.
"""

import enum
import unicodedata
from collections.abc import Callable
from typing import NamedTuple

# OpenCV indexes pixels by 32 bits, and MMPose computes in float32, where the
# product of two such numbers is still finite.
MAX_COORDINATE = 2**31
MAX_ID = 2**63 - 1  # NumPy's largest integer
PERSON = 1  # COCO's category; MMPose reads the boxes of no other


class Use(enum.Flag):
    """What annotations are needed for."""

    TRAIN = enum.auto()
    EVALUATE = enum.auto()
    CROP = enum.auto()  # people out of images
    CROWD = enum.auto()  # CrowdPose's evaluation
    METAINFO = enum.auto()  # of a new data set, with the file's names


class Field(NamedTuple):
    """A rule about one field: its valid values, and who needs it."""

    is_valid: Callable[[object], bool]
    meaning: str
    needed_to: Use


def is_coordinate(value: object) -> bool:
    """Whether a value of JSON is a number that can be a coordinate."""
    return _is_number(value) and abs(value) <= MAX_COORDINATE


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_whole(value: object) -> bool:
    """Whether a value is a whole number, as 3 or 3.0, that NumPy can hold."""
    return _is_number(value) and abs(value) <= MAX_ID and value == int(value)


def _is_integer(value: object) -> bool:
    return isinstance(value, int) and is_whole(value)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and value != '' and _is_line(value)


def _is_line(text: str) -> bool:
    """Whether a text has no control characters, and no breaks of lines.

    macOS writes narrow spaces into the names of screenshots, and Japanese has
    a space of its own; Python calls neither of them printable.
    """
    return text.isprintable() or all(
        char.isprintable() or unicodedata.category(char) == 'Zs'
        for char in text
    )


def is_image_name(value: object) -> bool:
    """Whether a value is a path that stays in its folder, fit to be shown."""
    return (
        _is_text(value)
        and not value.startswith('/')
        and '..' not in value.split('/')
    )


def _is_size(value: object) -> bool:
    return is_coordinate(value) and value > 0


def _is_area(value: object) -> bool:
    return _is_number(value) and 0 <= value <= MAX_COORDINATE**2


def _is_box(value: object) -> bool:
    return _is_list(value, is_coordinate) and len(value) == 4


def _is_list(value: object, is_valid: Callable[[object], bool]) -> bool:
    return isinstance(value, list) and all(map(is_valid, value))


def are_coordinates(values: object) -> bool:
    """Whether a value of JSON is a list of numbers, as coordinates are."""
    # One sum takes less time than a comparison for each number. A NaN makes
    # the sum NaN, which is not below the maximum either.
    return (
        isinstance(values, list)
        and {int, float}.issuperset(map(type, values))
        and sum(map(abs, values)) <= MAX_COORDINATE
    )


ALL, NOTHING, CROP = ~Use(0), Use(0), Use.TRAIN | Use.CROP
# what `import-data` mends in a COCO file
IMPORT = ' (`python -m mlpe_mmpose import-data` writes a file that has it)'
ID = Field(
    lambda value: is_whole(value) or _is_text(value),
    'a number or word of its own',
    ALL,
)
BOX = Field(_is_box, 'a box [x, y, width, height] in pixels', CROP)
IMAGE = {
    'id': ID,
    'file_name': Field(
        is_image_name,
        "the path of a file below the folder of images, without '..' and "
        f'control characters{IMPORT}',
        CROP,
    ),
    'width': Field(_is_size, f'the width in pixels{IMPORT}', Use.TRAIN),
    'height': Field(_is_size, f'the height in pixels{IMPORT}', Use.TRAIN),
    'crowdIndex': Field(is_coordinate, 'from 0 to 1', Use.CROWD),
}
# MMPose divides the ids of images, and finds no image by an id of 1.0
TRAINED_IMAGE = IMAGE | {
    'id': Field(_is_integer, f'a whole number of its own{IMPORT}', ALL)
}
CATEGORY = {
    'id': ID,
    'name': Field(_is_text, 'a name without control characters', NOTHING),
    'keypoints': Field(
        lambda value: (
            _is_list(value, _is_text) and len(set(value)) == len(value)
        ),
        'a list of names that all differ, without control characters',
        NOTHING,
    ),
}
ANNOTATION = {
    'id': ID,
    'image_id': ID._replace(meaning="the image's id"),
    'category_id': ID._replace(meaning="the category's id"),
    'bbox': BOX._replace(meaning=f'{BOX.meaning}{IMPORT}'),
    'area': Field(_is_area, 'an area in squared pixels', NOTHING),
    'iscrowd': Field(
        lambda value: isinstance(value, int | float) and value in (0, 1),
        '0 or 1',
        NOTHING,
    ),
    'num_keypoints': Field(is_whole, 'a whole number', NOTHING),
}
DETECTION = {
    'image_id': ANNOTATION['image_id'],
    'category_id': ANNOTATION['category_id'],
    'bbox': BOX,
    'score': Field(is_coordinate, "the detector's, a finite number", ALL),
}
POSE = {
    'image_id': ANNOTATION['image_id'],
    'category_id': ANNOTATION['category_id'],
    'keypoints': Field(
        are_coordinates, 'a list of finite numbers, x, y, score of each', ALL
    ),
    'score': Field(is_coordinate, 'a finite number', ALL),
    'bbox': BOX._replace(needed_to=NOTHING),
}
