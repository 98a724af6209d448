"""What a COCO annotation file says of its keypoints, checked."""

import json
from dataclasses import dataclass
from pathlib import Path

# not labelled, occluded, visible
FLAGS = (0, 1, 2)


@dataclass(frozen=True)
class Annotations:
    """A file of annotations in COCO's format.

    Args:
        path (Path): The file
        names (tuple[str]): K names of keypoints
        links (tuple[tuple[int, int]]): Pairs of indices from 0
        has_occluded (bool): Whether flags tell visible (2) from occluded (1)
        num_people (int): Annotations with a labelled keypoint
        file_names (tuple[str]): Of all images
    """

    path: Path
    names: tuple[str, ...]
    links: tuple[tuple[int, int], ...]
    has_occluded: bool
    num_people: int
    file_names: tuple[str, ...]


def read_annotations(path: Path) -> Annotations:
    """Read an annotation file.

    Raises:
        OSError: If the file cannot be read.
        ValueError: If it is not COCO's format, or a person does not fit.
    """
    content = _load(path)
    category = _category(content['categories'], path)
    names = tuple(category['keypoints'])
    if len(set(names)) < len(names) or not all(
        isinstance(name, str) and name for name in names
    ):
        raise ValueError(
            f'{path}: keypoints need names of their own, got {list(names)}.'
        )
    flags = _flags(content['annotations'], len(names), path)
    return Annotations(
        path=path,
        names=names,
        links=_links(category.get('skeleton', ()), len(names), path),
        has_occluded=max(max(f) for f in flags) > 1,
        num_people=sum(any(f) for f in flags),
        file_names=tuple(image['file_name'] for image in content['images']),
    )


def _load(path: Path) -> dict:
    """The file's content, a dict of three lists."""
    try:
        content = json.loads(path.read_text())
    except ValueError as error:
        raise ValueError(f'{path} is no JSON file: {error}.') from error
    for key in ('images', 'annotations', 'categories'):
        value = content.get(key) if isinstance(content, dict) else None
        if not isinstance(value, list) or not value:
            raise ValueError(
                f"{path} has no {key!r}: COCO's format has a list of images, "
                'one of annotations, and one of categories.'
            )
    return content


def _category(categories: list[dict], path: Path) -> dict:
    """The category that names the keypoints; several may share them."""
    named = [c for c in categories if c.get('keypoints')]
    if not named:
        raise ValueError(
            f"{path}: none of the {len(categories)} categories has 'keypoints'"
            ', the list of their names. Add it to the category.'
        )
    different = {tuple(c['keypoints']) for c in named}
    if len(different) > 1:
        raise ValueError(
            f'{path}: categories {[c["name"] for c in named]} have different '
            'keypoints. Split the file: a model predicts those of one.'
        )
    return named[0]


def _links(
    skeleton: list, number: int, path: Path
) -> tuple[tuple[int, int], ...]:
    """COCO's pairs, counted from 1, as pairs counted from 0."""
    for link in skeleton:
        if len(link) != 2 or not all(1 <= i <= number for i in link):
            raise ValueError(
                f"{path}: {link} of 'skeleton' is no pair of numbers from 1 "
                f'to {number}, as COCO counts keypoints.'
            )
    return tuple((a - 1, b - 1) for a, b in skeleton)


def _flags(
    annotations: list[dict], number: int, path: Path
) -> list[list[float]]:
    """The flags of every person who has keypoints."""
    flags = []
    for annotation in annotations:
        values = annotation.get('keypoints')
        if values is None:
            continue
        place = f'{path}, annotation {annotation.get("id")}'
        if len(values) != 3 * number:
            raise ValueError(
                f'{place}: {len(values)} values in keypoints instead of '
                f'{3 * number}, x, y, v of {number} keypoints.'
            )
        if unknown := set(values[2::3]) - set(FLAGS):
            raise ValueError(
                f'{place}: flags {sorted(unknown)}; those of COCO are 0 (not '
                'labelled), 1 (occluded), 2 (visible).'
            )
        if len(annotation.get('bbox', ())) != 4:
            raise ValueError(
                f'{place}: needs a bbox [x, y, width, height], got '
                f'{annotation.get("bbox")}.'
            )
        flags.append(values[2::3])
    if not any(any(f) for f in flags):
        raise ValueError(
            f'{path}: none of the {len(annotations)} annotations has a '
            'labelled keypoint.'
        )
    return flags
