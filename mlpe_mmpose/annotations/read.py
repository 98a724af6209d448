"""Reads annotations that have no fault."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from .faults import read_json, refuse_faults
from .fields import Use
from .rules import find_faults


def read_annotations(
    ann_file: str | Path,
    use: Use,
    names: Sequence | None = None,
    images: str | Path | None = None,
) -> dict:
    """Read a file of annotations, and refuse one with a fault.

    Args:
        ann_file (str | Path): Annotations in COCO's format
        use (Use): What the annotations are needed for
        names (Sequence, optional): As for :func:`find_faults`
        images (str | Path, optional): The folder that has to have the images

    Returns:
        dict: The content of the file.

    Raises:
        OSError: If the file cannot be read, or an image is missing.
        ValueError: If the file has a fault, see :func:`find_faults`.
    """
    content = read_json(ann_file)
    refuse_faults(ann_file, find_faults(content, use, names))
    if images is not None:
        require_images(ann_file, content['images'], images)
    return content


def require_images(
    ann_file: str | Path, images: Iterable[dict[str, Any]], folder: str | Path
) -> None:
    """Refuse a folder that lacks images of an annotation file.

    Args:
        ann_file (str | Path): The file, which the message names
        images (Iterable[dict]): Its images, with ``file_name``
        folder (str | Path): The folder

    Raises:
        FileNotFoundError: If an image is missing.
    """
    files = [Path(folder, image['file_name']) for image in images]
    if missing := [file for file in files if not file.is_file()]:
        raise FileNotFoundError(
            f'{ann_file}: {len(missing)} of {len(files)} images are missing, '
            f'such as {missing[0]}. Name the folder that has them: by IMAGES '
            'or --images, or by `img` where data are described.'
        )
