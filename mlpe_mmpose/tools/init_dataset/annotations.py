"""A COCO annotation file, checked before anything is written."""

import json
import math
from dataclasses import dataclass
from pathlib import Path

from .fields import ANNOTATION, CATEGORY, IMAGE, check_entries, is_number

# not labelled, occluded, visible
FLAGS = (0, 1, 2)


@dataclass(frozen=True)
class Annotations:
    """What a file of annotations in COCO's format says.

    Args:
        path (Path): The file
        names (tuple[str]): K names of keypoints
        links (tuple[tuple[int, int]]): Pairs of indices from 0
        has_occluded (bool): Whether flags tell visible (2) from occluded (1)
        num_annotations (int): Annotations of all categories
        num_without_area (int): Annotations without ``area``
        file_names (tuple[str]): Files of all images
    """

    path: Path
    names: tuple[str, ...]
    links: tuple[tuple[int, int], ...]
    has_occluded: bool
    num_annotations: int
    num_without_area: int
    file_names: tuple[str, ...]


def read_annotations(path: Path) -> Annotations:
    """Read and check an annotation file.

    Raises:
        OSError: If the file cannot be read.
        ValueError: If MMPose or the metric could not use the file. Names the
            entry and the field, and says what the field needs to be.
    """
    content = _load(path)
    images, annotations = content['images'], content['annotations']
    check_entries(path, 'image', images, IMAGE)
    check_entries(path, 'category', content['categories'], CATEGORY)
    check_entries(path, 'annotation', annotations, ANNOTATION)
    category = _find_category(content['categories'], path)
    names = _check_names(category['keypoints'], path)
    _check_categories(annotations, content['categories'], path)
    flags = _check_keypoints(annotations, names, path)
    return Annotations(
        path=path,
        names=names,
        links=_links(category.get('skeleton'), len(names), path),
        has_occluded=max(max(f) for f in flags) > 1,
        num_annotations=len(annotations),
        num_without_area=sum('area' not in a for a in annotations),
        file_names=tuple(image['file_name'] for image in images),
    )


def _load(path: Path) -> dict:
    """Read the file, whose content is a dict of three lists."""
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


def _find_category(categories: list[dict], path: Path) -> dict:
    """Find the category that names the keypoints; several may share them."""
    named = [c for c in categories if c.get('keypoints')]
    if not named:
        raise ValueError(
            f"{path}: none of the {len(categories)} categories has 'keypoints'"
            ', the list of their names. Add it to the category.'
        )
    if any(c['keypoints'] != named[0]['keypoints'] for c in named):
        raise ValueError(
            f'{path}: categories {[c.get("name", c["id"]) for c in named]} '
            'have different keypoints. Split the file: a model predicts those '
            'of one.'
        )
    return named[0]


def _check_names(names: object, path: Path) -> tuple[str, ...]:
    """Return the names of the keypoints, which all differ."""
    if (
        not isinstance(names, list)
        or not all(isinstance(name, str) and name for name in names)
        or len(set(names)) < len(names)
    ):
        raise ValueError(
            f"{path}: the category's 'keypoints' need to be a list of names "
            f'that all differ, got {names!r}.'
        )
    return tuple(names)


def _links(
    skeleton: object, number: int, path: Path
) -> tuple[tuple[int, int], ...]:
    """Turn COCO's pairs, counted from 1, into pairs counted from 0."""
    if skeleton is None:
        return ()
    numbers = range(1, number + 1)
    for link in skeleton if isinstance(skeleton, list) else [skeleton]:
        if (
            not isinstance(link, list)
            or len(link) != 2
            or not all(isinstance(i, int) and i in numbers for i in link)
        ):
            raise ValueError(
                f"{path}: {link!r} of 'skeleton' is no pair of numbers from "
                f'1 to {number}, as COCO counts keypoints.'
            )
    return tuple((a - 1, b - 1) for a, b in skeleton)


def _check_categories(
    annotations: list[dict], categories: list[dict], path: Path
) -> None:
    """Refuse annotations whose category is not in the file.

    MMPose would train on them, and the metric would not see them.
    """
    known = {category['id'] for category in categories}
    for annotation in annotations:
        if annotation['category_id'] not in known:
            raise ValueError(
                f"{path}, annotation {annotation['id']}: 'category_id' is "
                f'{annotation["category_id"]}, but the categories have the '
                f'ids {sorted(known)}.'
            )


def _check_keypoints(
    annotations: list[dict], names: tuple[str, ...], path: Path
) -> list[list[float]]:
    """Return the flags of every annotation that has keypoints.

    An annotation without `keypoints`, of another category or with a box
    only, is not trained on, and ignored by the metric.
    """
    flags = []
    for annotation in annotations:
        if 'keypoints' not in annotation:
            continue
        values = annotation['keypoints']
        # what some tools write for a box
        if values == [] and not annotation.get('num_keypoints'):
            continue
        place = f'{path}, annotation {annotation["id"]}'
        _check_values(place, values, names)
        flags.append(values[2::3])
    if not any(any(f) for f in flags):
        raise ValueError(
            f'{path}: none of the {len(annotations)} annotations has a '
            'labelled keypoint.'
        )
    return flags


def _check_values(place: str, values: object, names: tuple[str, ...]) -> None:
    """Refuse values that are not x, y, v of every keypoint."""
    if not isinstance(values, list) or not all(map(is_number, values)):
        raise ValueError(
            f"{place}: 'keypoints' needs to be one list of numbers, x, y, v "
            f'of every keypoint; got {str(values)[:60]}. A keypoint that is '
            'not labelled has 0, 0, 0.'
        )
    if len(values) != 3 * len(names):
        raise ValueError(
            f'{place}: {len(values)} values in keypoints instead of '
            f'{3 * len(names)}, x, y, v of {len(names)} keypoints.'
        )
    if unknown := [v for v in values[2::3] if v not in FLAGS]:
        raise ValueError(
            f'{place}: flags {unknown}; those of COCO are 0 (not labelled), 1 '
            '(occluded), 2 (visible).'
        )
    for index, name in enumerate(names):
        x, y, flag = values[3 * index : 3 * index + 3]
        if flag and not (math.isfinite(x) and math.isfinite(y)):
            raise ValueError(
                f'{place}: keypoint {name!r} is labelled, but lies at '
                f'({x}, {y}).'
            )
