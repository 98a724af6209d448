"""Check images and boxes before a pose is predicted."""

import itertools
from collections.abc import Iterable, Iterator, Sequence, Sized
from typing import Any

import numpy as np

# stands for the missing partner where one iterable ends before the other
_END = object()


def pair_boxes(
    owner: str, images: Iterable[Any], boxes: Iterable[Any] | None
) -> Iterator[tuple[Any, Any]]:
    """Pair each image with its boxes, or with ``None`` if ``boxes`` is.

    Args:
        owner (str): Class that the messages name
        images (Iterable): Images
        boxes (Iterable, optional): Boxes of each image

    Returns:
        Iterator[tuple]: An image and its boxes.

    Raises:
        ValueError: If the numbers of images and of sets of boxes differ: at
            once if both have a length, otherwise when one of them ends.
    """
    if boxes is None:
        return ((image, None) for image in images)
    sized = isinstance(images, Sized) and isinstance(boxes, Sized)
    if sized and len(images) != len(boxes):
        raise ValueError(_name_numbers(owner, len(images), len(boxes)))
    return _pair(owner, images, boxes)


def _pair(
    owner: str, images: Iterable[Any], boxes: Iterable[Any]
) -> Iterator[tuple[Any, Any]]:
    """Yield the pairs of two iterables of equal length."""
    pairs = itertools.zip_longest(images, boxes, fillvalue=_END)
    for number, (image, found) in enumerate(pairs):
        more = f'more than {number}'
        if found is _END:
            raise ValueError(_name_numbers(owner, more, number))
        if image is _END:
            raise ValueError(_name_numbers(owner, number, more))
        yield image, found


def _name_numbers(owner: str, images: object, boxes: object) -> str:
    """Return the message about unequal numbers."""
    return (
        f'{owner} needs boxes for each image, got images={images} and '
        f'boxes={boxes} in number. Give [] for an image without people, and '
        'None for one that is a box itself.'
    )


def check_image(
    owner: str, number: int, image: object, or_path: bool = False
) -> None:
    """Check that an image is an array.

    Args:
        owner (str): Class that the message names
        number (int): Index of the image in ``images``
        image (np.ndarray): (H, W, 3), uint8, not empty
        or_path (bool): Whether the message offers a path too. Defaults to
            ``False``

    Raises:
        ValueError: If the image is anything else.
    """
    got = type(image).__name__
    if isinstance(image, np.ndarray):
        if (
            image.dtype == np.uint8
            and image.ndim == 3
            and image.shape[2] == 3
            and image.size > 0
        ):
            return
        got = f'an array {image.shape} of {image.dtype}'
    wanted = 'a path, or an array' if or_path else 'an array'
    raise ValueError(
        f'{owner} needs images[{number}] to be {wanted} (H, W, 3) of uint8 '
        f'in the order blue, green, red, got {got}.'
    )


def check_boxes(
    owner: str,
    number: int,
    boxes: Sequence | np.ndarray | None,
    size: tuple[int, int],
) -> tuple[np.ndarray, np.ndarray]:
    """Check the boxes of one image, and split off their scores.

    Args:
        owner (str): Class that the messages name
        number (int): Index of the image in ``images``
        boxes (Sequence | np.ndarray, optional): (N, 4) or, with scores,
            (N, 5), left, top, right, bottom in pixels; N may be 0. ``None``
            stands for one box, the whole image
        size (tuple[int, int]): Height and width of the image

    Returns:
        tuple:
        - boxes (np.ndarray): (N, 4), float32
        - scores (np.ndarray): (N,), float32, 1 for boxes without scores

    Raises:
        ValueError: If the boxes are not as above.
    """
    height, width = size
    boxes = np.asarray([[0, 0, width, height]] if boxes is None else boxes)
    if boxes.size == 0:
        boxes = boxes.reshape(0, 4).astype(np.float32)
    name = f'{owner} needs boxes[{number}]'
    if boxes.ndim != 2 or boxes.shape[1] not in (4, 5):
        raise ValueError(
            f'{name} to be (N, 4), or (N, 5) with scores, got an array '
            f'{boxes.shape}. One box is [[left, top, right, bottom]].'
        )
    numbers = boxes.dtype.kind in 'fiu'
    if numbers:
        # float32, because sums of small integers would overflow
        with np.errstate(over='ignore'):
            rows = boxes.astype(np.float32)
    if not numbers or not np.isfinite(rows).all():
        raise ValueError(
            f'{name} to be finite numbers, got {boxes.tolist()} of '
            f'{boxes.dtype}.'
        )
    empty = (rows[:, 2:4] <= rows[:, :2]).any(axis=1)
    if empty.any():
        raise ValueError(
            f'{name} to be left, top, right, bottom with right > left and '
            f'bottom > top, got {boxes[empty][0, :4].tolist()}, box '
            f'{empty.argmax()}. Boxes of left, top, width, height need their '
            'corner added.'
        )
    scores = rows[:, 4] if rows.shape[1] == 5 else np.ones(len(rows), 'f4')
    return rows[:, :4], scores
