"""Prepares a COCO file for sleap-io."""

import functools
from collections.abc import Callable, Mapping
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
    images, missing, names = [], [], {}
    index = functools.cache(lambda: _index(folder))
    for image in lists['images']:
        ends = list_ends(image['file_name'])
        path = _find_image(folder, ends, index)
        if path is None:
            missing.append(image)
        else:
            refuse_one_for_two(names, path, ends[0], folder)
            images.append(dict(image, file_name=path))
    if missing:
        say(
            f'note: {len(missing)} of {len(lists["images"])} images in '
            f'{source} were not found under {folder} and are left out with '
            f'their annotations, as {missing[0]["file_name"]!r}. --images '
            'names the folder that has them.'
        )
    lost = {image['id'] for image in missing}
    crowds = [a for a in lists['annotations'] if a.get('iscrowd') == 1]
    if crowds:
        say(f'note: {len(crowds)} crowds of {source} are left out')
    annotations = [
        annotation
        for annotation in lists['annotations']
        if annotation['image_id'] not in lost
        and annotation.get('iscrowd') != 1
    ]
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


def _find_image(
    folder: Path,
    ends: list[str],
    index: Callable[[], Mapping[str, list[Path]]],
) -> str | None:
    """Return the absolute path of an image, or ``None``.

    The whole name counts anywhere below the folder; an end of it directly
    below the folder, or one of ``FOLDERS``.

    Raises:
        AmbiguousNameError: If several paths end in the whole name.
    """
    folder = folder.absolute()
    for end in ends:
        for known in FOLDERS:
            if (path := folder / known / end).is_file():
                return str(path)
        if end == ends[0]:
            found = [
                str(path)
                for path in index().get(end.rpartition('/')[2], ())
                if path.as_posix().endswith(f'/{end}')
            ]
            if len(found) > 1:
                raise AmbiguousNameError(
                    f'{end} may be {found[0]} or {found[1]}. Name the folder '
                    'of the right one with --images.'
                )
            if found:
                return found[0]
    return None


def _index(folder: Path) -> dict[str, list[Path]]:
    """Return the files below a folder by their names."""
    files = {}
    for path in sorted(folder.absolute().rglob('*')):
        if path.is_file():
            files.setdefault(path.name, []).append(path)
    return files


def _drop_nulls(entry: object) -> object:
    if not isinstance(entry, dict):
        return entry
    return {name: value for name, value in entry.items() if value is not None}
