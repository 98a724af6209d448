"""Annotations that can be read, and that are probably not what they should be.

A training on them runs to its end, and its AP is near 0.
"""

import dataclasses
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from .keypoints import count_labels
from .sides import LEFT, guess_swaps, split_words

# Our choices: from this number of people on, this share of them is no chance.
ENOUGH, MOST, SOME = 20, 0.75, 0.2
SLACK = 1  # pixel by which tools round to the other side of a border


class Suspicion(NamedTuple):
    """People who share a doubtful property.

    Args:
        is_error (bool): Whether a training or a metric is useless
        what (str): The property
        ids (list): The ids of the annotations
    """

    is_error: bool
    what: str
    ids: list


@dataclasses.dataclass
class People:
    """Annotated people; every row of the arrays is one person.

    Args:
        ids (np.ndarray): (G,), ids of the annotations
        boxes (np.ndarray): (G, 4), [x, y, width, height]
        areas (np.ndarray): (G,), NaN where there is none
        sizes (np.ndarray): (G, 2), width and height of the images
        keypoints (np.ndarray): (G, K, 2)
        labelled (np.ndarray): (G, K), which keypoints have a label
    """

    ids: np.ndarray
    boxes: np.ndarray
    areas: np.ndarray
    sizes: np.ndarray
    keypoints: np.ndarray
    labelled: np.ndarray


def find_suspicions(
    annotations: Iterable[dict],
    images: Mapping[object, dict],
    names: Sequence[str],
) -> Iterator[Suspicion]:
    """Find people whose box, area, keypoints or sides are doubtful.

    Args:
        annotations (Iterable[dict]): Annotations without a fault
        images (Mapping[object, dict]): The images by their ids
        names (Sequence[str]): The K names of the keypoints; empty if they
            are unknown
    """
    rows = [
        annotation
        for annotation in annotations
        if annotation['image_id'] in images
        and not annotation.get('iscrowd')
        and annotation.get('bbox')
        and count_labels(annotation)
    ]
    if not rows:
        return
    counts = Counter(len(row['keypoints']) for row in rows)
    usual = max(counts, key=counts.get)
    if len(counts) > 1:
        # where the file names its keypoints, their number is checked before
        what = f"'keypoints' is not as long as in most ({usual} values)"
        ids = [row['id'] for row in rows if len(row['keypoints']) != usual]
        yield Suspicion(True, what, ids)
        rows = [row for row in rows if len(row['keypoints']) == usual]
    people = _read_people(rows, images)
    boxes, sizes = people.boxes, people.sizes
    doubts = [
        *describe_boxes(boxes, sizes),
        *_check_areas(people),
        *_check_positions(people),
        *_check_sides(people, names),
    ]
    for is_error, what, found in doubts:
        if found.any():
            yield Suspicion(is_error, what, people.ids[found].tolist())


def describe_boxes(
    boxes: np.ndarray, sizes: np.ndarray
) -> Iterator[tuple[bool, str, np.ndarray]]:
    """Find boxes that reach beyond their images.

    Args:
        boxes (np.ndarray): (G, 4), [x, y, width, height]
        sizes (np.ndarray): (G, 2), width and height of the images

    Yields:
        tuple[bool, str, np.ndarray]: As in :class:`Suspicion`, and which of
        the boxes (G,) it is.
    """
    low, side = boxes[:, :2], boxes[:, 2:]
    beyond = (low + side > sizes + SLACK).any(axis=1)
    are_corners = (side > low).all(axis=1) & (side <= sizes + SLACK).all(
        axis=1
    )
    if beyond.mean() > SOME and are_corners.mean() > MOST:
        what = (
            "'bbox' looks like the corners [x1, y1, x2, y2]; COCO's is "
            '[x, y, width, height]'
        )
        yield True, what, beyond
    else:
        yield False, "'bbox' reaches beyond the image", beyond


def _check_areas(people: People) -> Iterator[tuple[bool, str, np.ndarray]]:
    # OKS is exp(-d^2 / (2 area k^2)). Top-down training reads no area.
    empty = people.areas == 0
    what = (
        "'area' is 0, by which OKS divides: the AP counts them as not found, "
        'unless the metric has use_area=False; training does not read it'
    )
    yield bool(empty.mean() > SOME), what, empty
    boxes = people.boxes[:, 2:].prod(axis=1)
    # twice: areas of boxes that tools have rounded or padded
    yield (
        False,
        "'area' is more than twice the box's",
        people.areas > 2 * boxes,
    )


def _check_positions(people: People) -> Iterator[tuple[bool, str, np.ndarray]]:
    points, labelled = people.keypoints, people.labelled
    sizes = people.sizes[:, None]
    if points[labelled].max() <= 1 < sizes.min():
        what = 'all keypoints lie within 1 pixel: they are shares of the image'
        yield True, what, labelled.any(axis=1)
        return
    outside = (points < -SLACK) | (points > sizes + SLACK)
    outside = (outside.any(axis=2) & labelled).any(axis=1)
    what = 'a labelled keypoint lies outside the image'
    yield bool(outside.mean() > SOME), what, outside
    low, side = people.boxes[:, None, :2], people.boxes[:, None, 2:]
    inside = (points >= low - SLACK) & (points <= low + side + SLACK)
    inside = (inside.all(axis=2) & labelled).any(axis=1)
    yield True, 'no labelled keypoint lies in the box', ~inside


def _check_sides(
    people: People, names: Sequence[str]
) -> Iterator[tuple[bool, str, np.ndarray]]:
    """Compare the pairs of left and right keypoints with each other."""
    pairs = [
        (names.index(left), names.index(right))
        for left, right in guess_swaps(names).items()
        if LEFT & set(split_words(left))
    ]
    if not pairs:
        return
    left, right = np.transpose(pairs)
    x, labelled = people.keypoints[..., 0], people.labelled
    # (G, P), on which side of the right keypoint the left one is, 0 unknown
    sides = np.sign(x[:, left] - x[:, right])
    sides = np.where(labelled[:, left] & labelled[:, right], sides, 0)
    for pair, (a, b) in enumerate(pairs):
        others = np.sign(sides.sum(axis=1) - sides[:, pair])
        agree = others * sides[:, pair]
        if _are_most(agree < 0, agree != 0):
            what = f'{names[a]!r} and {names[b]!r} lie contrary to other pairs'
            yield False, f'{what}: are both exchanged?', agree < 0
        # a face that is seen looks at the camera, and has its left eye right
        elif 'eye' in split_words(names[a]):
            mirrored = sides[:, pair] < 0
            if _are_most(mirrored, sides[:, pair] != 0):
                what = f'{names[a]!r} is left of {names[b]!r} in the image'
                yield False, f'{what}: are all sides exchanged?', mirrored


def _are_most(found: np.ndarray, counted: np.ndarray) -> bool:
    """Whether enough rows are counted, and most of these are found."""
    return counted.sum() >= ENOUGH and found.sum() > MOST * counted.sum()


def _read_people(
    rows: Sequence[dict], images: Mapping[object, dict]
) -> People:
    keypoints = np.array([row['keypoints'] for row in rows], dtype=np.float64)
    keypoints = keypoints.reshape(len(rows), -1, 3)
    sizes = [
        (images[row['image_id']]['width'], images[row['image_id']]['height'])
        for row in rows
    ]
    return People(
        np.array([row['id'] for row in rows]),
        np.array([row['bbox'] for row in rows], dtype=np.float64),
        np.array([row.get('area') for row in rows], dtype=np.float64),
        np.array(sizes, dtype=np.float64),
        keypoints[..., :2],
        keypoints[..., 2] > 0,
    )
