"""Prepares a COCO file for sleap-io."""

import functools
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from mlpe_mmpose.annotations.faults import refuse_faults
from mlpe_mmpose.annotations.rules import find_list_faults

# where sleap-io looks too, below the folder of the file
FOLDERS = ('', 'images', 'imgs', 'data/images')


class AmbiguousNameError(ValueError):
    """A name of the labels may be two files, or two names are one file."""


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
        say (callable): Takes notes of what is left out

    Returns:
        dict: The lists of the file, without missing images and their
        annotations, crowds, and fields of null.

    Raises:
        AmbiguousNameError: If a name fits two files, or two names one file.
        ValueError: If the file has no images or no annotations.
    """
    refuse_faults(source, find_list_faults(content, ('images', 'annotations')))
    lists = {
        name: [_drop_nulls(entry) for entry in entries]
        for name, entries in content.items()
        if isinstance(entries, list)
    }
    images, missing = _find_images(lists['images'], folder)
    if missing:
        say(
            f'note: {len(missing)} of {len(lists["images"])} images in '
            f'{source} were not found under {folder} and are left out with '
            f'their annotations, as {missing[0]["file_name"]!r}. --images '
            'names the folder that has them.'
        )
    people = [a for a in lists['annotations'] if a.get('iscrowd') != 1]
    if crowds := len(lists['annotations']) - len(people):
        say(f'note: {crowds} crowds of {source} are left out')
    lost = {image['id'] for image in missing}
    annotations = [a for a in people if a['image_id'] not in lost]
    return dict(lists, images=images, annotations=annotations)


def list_ends(name: str) -> list[str]:
    """Return the path, and its ends without one, two... of its folders."""
    # a path that was written on Windows has backslashes
    parts = name.replace('\\', '/').split('/')
    parts = [part for part in parts if part not in ('', '.')]
    ends = ['/'.join(parts[start:]) for start in range(len(parts))]
    return [f'/{ends[0]}', *ends] if name.startswith('/') else ends


def find_below(folder: Path, name: str) -> str | None:
    """Return the path of a file, or its longest end that is in the folder."""
    for end in list_ends(name):
        if (path := folder / end).is_file():
            return str(path)
    return None


def refuse_one_for_two(
    names: dict[str, str], path: str, name: str, folder: Path
) -> None:
    """Note what a found file is called in the labels, always the same.

    Raises:
        AmbiguousNameError: If ``names`` has another name of the file.
    """
    if names.setdefault(path, name) != name:
        raise AmbiguousNameError(
            f'{names[path]} and {name} would both be {path}. Put the files '
            f'below {folder} into the folders that are at the end of their '
            'paths.'
        )


def _find_images(
    images: Iterable[dict], folder: Path
) -> tuple[list[dict], list[dict]]:
    """Return the images with their absolute paths, and the missing ones.

    The whole name counts anywhere below the folder, an end of it in one of
    ``FOLDERS``.
    """
    place = folder.absolute()
    # of many files, and needed only where a name is no path below the folder
    index = functools.cache(lambda: _index(place))
    found, missing, names = [], [], {}
    for image in images:
        ends = list_ends(image['file_name'])
        path = (
            _find_in_folders(place, ends[:1])
            or _find_anywhere(ends[0], index())
            or _find_in_folders(place, ends[1:])
        )
        if path is None:
            missing.append(image)
        else:
            refuse_one_for_two(names, path, ends[0], folder)
            found.append(dict(image, file_name=path))
    return found, missing


def _find_in_folders(place: Path, ends: Iterable[str]) -> str | None:
    """Return the first of the ends that is a file in one of ``FOLDERS``."""
    for end in ends:
        for known in FOLDERS:
            if (path := place / known / end).is_file():
                return str(path)
    return None


def _find_anywhere(name: str, index: Mapping[str, list[Path]]) -> str | None:
    """Return the only path that ends in a name.

    Raises:
        AmbiguousNameError: If several paths do.
    """
    found = [
        str(path)
        for path in index.get(name.rpartition('/')[2], ())
        if path.as_posix().endswith(f'/{name}')
    ]
    if len(found) > 1:
        raise AmbiguousNameError(
            f'{name} may be {found[0]} or {found[1]}. Name the folder of the '
            'right one with --images.'
        )
    return found[0] if found else None


def _index(place: Path) -> dict[str, list[Path]]:
    """Return the files below a folder by their names."""
    files = {}
    for path in sorted(place.rglob('*')):
        if path.is_file():
            files.setdefault(path.name, []).append(path)
    return files


def _drop_nulls(entry: object) -> object:
    if not isinstance(entry, dict):
        return entry
    return {name: value for name, value in entry.items() if value is not None}
