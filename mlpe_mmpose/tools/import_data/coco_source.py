"""Prepares a COCO file for sleap-io."""

import functools
from collections.abc import Callable
from pathlib import Path

# where sleap-io looks too, below the folder of the file
FOLDERS = ('', 'images', 'imgs', 'data/images')


class OneFileForTwoError(ValueError):
    """Two images of the labels would be the same file."""


def prepare_coco(
    content: dict, source: Path, folder: Path, say: Callable[[str], None]
) -> dict[str, list]:
    """Name the images by their paths, and drop what sleap-io would mistake.

    sleap-io 0.9.5 takes any image of the same name for one that is missing,
    fails at fields of null, and reads crowds as people.

    Args:
        content (dict): Content of the file
        source (Path): The file, for messages
        folder (Path): Where the images are, or folders of them
        say (callable): Takes a note of missing images

    Returns:
        dict: The lists of the file, without missing images and their
        annotations, crowds, and fields of null.

    Raises:
        OneFileForTwoError: If images of different paths would be one file.
    """
    lists = {
        name: [_drop_nulls(entry) for entry in entries]
        for name, entries in content.items()
        if isinstance(entries, list)
    }
    images, missing, names = [], [], {}
    index = functools.cache(lambda: _index(folder))
    for image in lists['images']:
        name = image['file_name']
        path = _find_image(folder, name, index)
        if path is None:
            missing.append(image)
        else:
            refuse_one_for_two(names, path, name, folder)
            images.append(dict(image, file_name=path))
    if missing:
        say(
            f'note: {len(missing)} of {len(lists["images"])} images in '
            f'{source} were not found under {folder} and are left out with '
            f'their annotations, as {missing[0]["file_name"]!r}. --images '
            'names the folder that has them.'
        )
    lost = {image['id'] for image in missing}
    annotations = [
        annotation
        for annotation in lists['annotations']
        if annotation['image_id'] not in lost and not annotation.get('iscrowd')
    ]
    return dict(lists, images=images, annotations=annotations)


def find_below(folder: Path, name: str) -> str | None:
    """Return the path of a file, or its longest end that is in the folder."""
    # a path that was written on Windows has backslashes
    parts = name.replace('\\', '/').split('/')
    for start in range(len(parts)):
        moved = folder.joinpath(*parts[start:])
        if moved.is_file():
            return str(moved)
    return None


def refuse_one_for_two(
    names: dict[str, str], path: str, name: str, folder: Path
) -> None:
    """Note what a found file is called in the labels, always the same.

    Raises:
        OneFileForTwoError: If ``names`` has another name of the file.
    """
    if names.setdefault(path, name) != name:
        raise OneFileForTwoError(
            f'{names[path]} and {name} would both be {path}. Put the files '
            f'below {folder} into the folders that are at the end of their '
            'paths.'
        )


def _find_image(
    folder: Path, name: str, index: Callable[[], dict[str, list[Path]]]
) -> str | None:
    """Return the absolute path of an image, or ``None``.

    A path below the folder that ends in the whole name counts, if there is
    one only.
    """
    folder = folder.absolute()
    for known in FOLDERS:
        if (path := folder / known / name).is_file():
            return str(path)
    if found := find_below(folder, name):
        return found
    parts = tuple(name.replace('\\', '/').split('/'))
    ends = [
        str(path)
        for path in index().get(parts[-1], ())
        if path.parts[-len(parts) :] == parts
    ]
    return ends[0] if len(ends) == 1 else None


def _index(folder: Path) -> dict[str, list[Path]]:
    """Return the files below a folder by their names."""
    files = {}
    for path in folder.absolute().rglob('*'):
        files.setdefault(path.name, []).append(path)
    return files


def _drop_nulls(entry: object) -> object:
    if not isinstance(entry, dict):
        return entry
    return {name: value for name, value in entry.items() if value is not None}
