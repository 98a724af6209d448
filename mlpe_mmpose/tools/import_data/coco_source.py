"""Prepares a COCO file for sleap-io."""

import functools
import math
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from urllib.parse import unquote

from PIL import Image

from mlpe_mmpose.annotations.faults import Fault
from mlpe_mmpose.annotations.fields import ANNOTATION, ID, IMAGE, Use
from mlpe_mmpose.annotations.keypoints import check_keypoints
from mlpe_mmpose.annotations.metainfo import find_metainfo_faults
from mlpe_mmpose.annotations.rules import (
    LISTS,
    find_field_faults,
    find_list_faults,
)

from .find_files import SourceError, list_ends, refuse_one_for_two

# where sleap-io looks too, below the folder of the file
FOLDERS = ('', 'images', 'imgs', 'data/images')
# the fields of a pose that are read; sleap-io fails at some values of others
FIELDS = ('image_id', 'category_id', 'keypoints', 'bbox')
IDENTITIES = ('attributes', 'track_id', 'instance_id')
# the ids by which entries are found; a pose may lack them, and is left out
POSE_IDS = {
    name: ANNOTATION[name]._replace(needed_to=Use(0)) for name in FIELDS[:2]
}
IDS = {
    'images': ('image', dict(id=ID)),
    'categories': ('category', dict(id=ID)),
    'annotations': ('annotation', POSE_IDS),
}


def prepare_coco(
    content: dict, source: Path, folder: Path, say: Callable[[str], None]
) -> dict[str, list]:
    """Name the images by their paths, and drop what sleap-io would mistake.

    sleap-io 0.9.5 takes any image of the same name for one that is missing,
    fails at fields of null, reads crowds as people and words as numbers, and
    drops poses of no image and links that are counted from 0.

    Args:
        content (dict): Content of the file
        source (Path): The file, for messages
        folder (Path): Where the images are, or folders of them
        say (callable): Takes notes of what is left out

    Returns:
        dict: The lists of the file, without missing images, and of the
        annotations only the poses of people on the other images.

    Raises:
        SourceError: If the file lacks images, annotations or categories, or
            an id is none, a name fits two files, two names one file, or
            keypoints or links are not those of COCO.
    """
    _refuse(source, find_list_faults(content, LISTS))
    lists = {
        name: [_drop_nulls(entry) for entry in entries]
        for name, entries in content.items()
        if isinstance(entries, list)
    }
    for name, (kind, fields) in IDS.items():
        faults = find_field_faults(kind, lists[name], fields, Use.EVALUATE)
        _refuse(source, faults)
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
    poses = [a for a in people if a.get('keypoints')]
    poses = [a for a in poses if a.get('image_id') not in lost]
    lists |= dict(images=images, annotations=poses)
    lists['annotations'] = _select_poses(lists, source, say)
    return lists


def _refuse(source: Path, faults: Iterable[Fault]) -> None:
    """Refuse a file that has a fault."""
    for fault in faults:
        raise SourceError(f'{source}, {fault.message}')


def _select_poses(
    lists: Mapping[str, list], source: Path, say: Callable[[str], None]
) -> list[dict]:
    """Return the poses of the images, and note those of none."""
    named = {c['id']: c for c in lists['categories'] if c.get('keypoints')}
    known = {image['id'] for image in lists['images']}
    fitting, strays = [], []
    for pose in lists['annotations']:
        fits = pose.get('image_id') in known
        fits = fits and pose.get('category_id') in named
        (fitting if fits else strays).append(pose)
    if strays:
        ids = {name: strays[0].get(name) for name in ('id', *FIELDS[:2])}
        say(
            f'note: {len(strays)} poses of {source} are left out: no image '
            'has their `image_id`, or no category with names of keypoints '
            f'their `category_id`, as {ids}'
        )
    for pose in fitting:
        _refuse_wrong(pose, named[pose['category_id']], source)
    return [*map(_select_fields, fitting)]


def _refuse_wrong(pose: dict, category: dict, source: Path) -> None:
    """Refuse keypoints and links that sleap-io would misunderstand."""
    _refuse(source, find_metainfo_faults([category]))
    # a flag of null is no label, see `_select_fields`
    values = pose['keypoints']
    if isinstance(values, list):
        values = [*values]
        values[2::3] = [0 if flag is None else flag for flag in values[2::3]]
        pose = dict(pose, keypoints=values)
    for problem in check_keypoints(pose, Use.EVALUATE, category['keypoints']):
        raise SourceError(f'{source}, annotation {pose.get("id")}: {problem}.')


def _select_fields(pose: dict) -> dict:
    """Return the fields that are read, without a box that is none."""
    kept = {name: pose[name] for name in FIELDS + IDENTITIES if name in pose}
    # sleap-io takes a place that is not a number for one without a label
    values = kept['keypoints']
    kept['keypoints'] = [math.nan if v is None else v for v in values]
    if not ANNOTATION['bbox'].is_valid(kept.get('bbox')):
        kept.pop('bbox', None)
    if not isinstance(kept.get('attributes'), dict):
        kept.pop('attributes', None)
    return kept


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
        # as it is, or as an address, with %20 for a space
        written = image['file_name']
        for name in dict.fromkeys((written, unquote(written))):
            ends = list_ends(name)
            path = (
                _find_in_folders(place, ends[:1])
                or _find_anywhere(ends[0], index())
                or _find_in_folders(place, ends[1:])
            )
            if path is not None:
                break
        if path is None:
            missing.append(image)
        else:
            refuse_one_for_two(names, path, ends[0], folder)
            _refuse_other_size(image, path)
            found.append(dict(image, file_name=path))
    return found, missing


def _refuse_other_size(image: dict, path: str) -> None:
    """Refuse an image that was resized after it was labelled."""
    labelled = image.get('width'), image.get('height')
    try:
        with Image.open(path) as file:
            size = file.size
    except OSError:
        return  # an image that cannot be read is refused where it is copied
    # the sides of an image that an EXIF tag turns are exchanged; it is refused
    # there, too
    if all(map(IMAGE['width'].is_valid, labelled)) and labelled not in (
        size,
        size[::-1],
    ):
        raise SourceError(
            f'{path} has {size[0]} x {size[1]} pixels, and was labelled at '
            f'{labelled[0]} x {labelled[1]}. Take the image of that size, or '
            'scale the labels.'
        )


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
        SourceError: If several paths do.
    """
    found = [
        str(path)
        for path in index.get(name.rpartition('/')[2], ())
        if path.as_posix().endswith(f'/{name}')
    ]
    if len(found) > 1:
        raise SourceError(
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
