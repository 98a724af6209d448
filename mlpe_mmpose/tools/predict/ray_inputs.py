"""What `predict --engine ray` reads."""

import os
import re
from collections.abc import Iterable

from mlpe_mmpose.annotations.fields import is_whole

from .inputs import open_input, read_image_ids
from .people import People
from .ray_stages import ImageNames

USER = '--engine ray'
# Ray drops tabs and ends of lines; the last range is for bytes that are not
# UTF-8
NO_NAME = re.compile('[\t\r\n\udc80-\udcff]')


def list_images(
    source: str, ann_file: str | None, people: People
) -> tuple[str | list[str], ImageNames]:
    """Return what Ray has to read, and what the images are called.

    Args:
        source (str): As for :func:`predict_with_ray`
        ann_file (str, optional): Annotations that give the images their ids
        people (People): Where the boxes of people come from

    Returns:
        tuple: The folder of an object store or a list of files, and names.

    Raises:
        FileNotFoundError: If a file is missing, or Ray cannot take its name.
        ValueError: If an argument does not fit.
    """
    if '://' in source:
        ids = {} if ann_file is None else read_image_ids(ann_file)
        _check_ids(ids.values(), ann_file)
        return source, ImageNames(source.partition('://')[2], ids)
    images = open_input(source, ann_file)
    _check_ids(images.paths, ann_file)
    if images.fps is not None:
        raise ValueError(f'{USER} reads images, got the video {source}.')
    if people.boxes:
        people.load(images)  # refuses a file about other images
    # as in the local engine, names have no `..`
    paths = {key: os.path.abspath(path) for key, path in images.paths.items()}
    _check_files(paths.values())
    names = ImageNames(images.root)
    if ann_file is not None or not images.ids_are_names:
        ids = {names.name(path): key for key, path in paths.items()}
        names = ImageNames(images.root, ids)
    return list(paths.values()), names


def _check_ids(ids: Iterable[object], ann_file: str | None) -> None:
    """Refuse ids that the column of numbers in the shards cannot hold."""
    for image_id in ids:
        if not is_whole(image_id):
            raise ValueError(
                f'{USER} needs ids that are whole numbers, and {ann_file} '
                f'has {image_id!r}. --engine local takes them.'
            )


def _check_files(paths: Iterable[str]) -> None:
    """Name the file at which Ray would stop without a reason."""
    for path in paths:
        if NO_NAME.search(path) or not os.path.isfile(path):
            raise FileNotFoundError(
                f'{USER} needs files of names in UTF-8, without tabs and ends '
                f'of lines, and {path!r} is none. --engine local goes on.'
            )
