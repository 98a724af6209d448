"""What the predictor is given, checked image by image."""

import dataclasses
import itertools
import os
from collections.abc import Callable, Iterable, Iterator, Sequence, Sized
from typing import Any

import numpy as np

# what `next` gives at an end, since None is a box
_END = object()


@dataclasses.dataclass
class ImageInProgress:
    """An image whose result has not been yielded yet.

    Args:
        path (str, optional): Its file, unless an array was given
        num_people (int): Number of its boxes
        predicted (list): The predictions of the first of these people
    """

    path: str | None
    num_people: int
    predicted: list = dataclasses.field(default_factory=list)

    def is_done(self) -> bool:
        """Whether all people of the image are predicted."""
        return len(self.predicted) == self.num_people


def append_failure(items: Iterator[Any]) -> Iterator[Any]:
    """Yield the items and, where the iterator raises, the exception last.

    The receiver can then finish what it has begun with the items before it.
    """
    try:
        yield from items
    except Exception as error:
        yield error


def pairs(
    owner: str, images: Iterable[Any], boxes: Iterable[Any] | None
) -> Iterator[tuple[Any, Any]]:
    """Each image with its boxes, or with ``None`` where there are none.

    Args:
        owner (str): The class that asks, for messages
        images (Iterable): Images
        boxes (Iterable, optional): As many boxes

    Returns:
        Iterator[tuple]: An image and its boxes.

    Raises:
        ValueError: If there are not as many of one as of the other; at once
            where both have a length, else when one of them ends.
    """
    if (
        isinstance(images, Sized)
        and isinstance(boxes, Sized)
        and len(images) != len(boxes)
    ):
        raise ValueError(_unequal(owner, len(images), len(boxes)))
    return _walk(owner, images, boxes)


def _walk(
    owner: str, images: Iterable[Any], boxes: Iterable[Any] | None
) -> Iterator[tuple[Any, Any]]:
    others = itertools.repeat(None) if boxes is None else iter(boxes)
    count = 0
    for image in images:
        found = next(others, _END)
        if found is _END:
            raise ValueError(_unequal(owner, f'more than {count}', count))
        yield image, found
        count += 1
    if boxes is not None and next(others, _END) is not _END:
        raise ValueError(_unequal(owner, count, f'more than {count}'))


def _unequal(owner: str, images: object, boxes: object) -> str:
    return (
        f'{owner} needs boxes for each image, got images={images} and '
        f'boxes={boxes} in number. Give [] for an image without people, and '
        'None for one that is a box itself.'
    )


def read_image(
    owner: str,
    number: int,
    image: object,
    load: Callable[[dict], dict | None],
) -> dict[str, Any]:
    """Read an image with the first step of the pipeline, ``LoadImage``.

    Args:
        owner (str): The class that asks, for messages
        number (int): The image's index in ``images``
        image (str | PathLike | np.ndarray): A path, or (H, W, 3), uint8
        load (callable): The step

    Returns:
        dict: What the step returns: ``img``, ``img_path``, ``img_shape``...

    Raises:
        ValueError: If the image is neither a path nor such an array.
        OSError: If the file is missing, or no whole image.
    """
    if isinstance(image, (str, os.PathLike)):
        source = dict(img_path=os.fspath(image))
        file = f'{owner} cannot read images[{number}]={source["img_path"]!r}: '
        try:
            loaded = load(source)
        except FileNotFoundError as error:
            raise FileNotFoundError(f'{file}there is no such file.') from error
        # each of the decoders that a config can choose raises its own class
        except Exception as error:
            raise OSError(
                f'{file}the file cannot be opened, or is no whole image.'
            ) from error
        if loaded is None:
            raise OSError(f'{file}the file is missing, or no whole image.')
        return loaded
    got = type(image).__name__
    if isinstance(image, np.ndarray):
        if image.dtype == np.uint8 and image.ndim == 3:
            height, width, channels = image.shape
            if height > 0 and width > 0 and channels == 3:
                return load(dict(img=image))
        got = f'an array {image.shape} of {image.dtype}'
    raise ValueError(
        f'{owner} needs images[{number}] to be a path, or an array (H, W, '
        f'3) of uint8 in the order blue, green, red, got {got}.'
    )


def checked_boxes(
    owner: str, number: int, boxes: Sequence | np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Boxes and scores of one image's people.

    Args:
        owner (str): The class that asks, for messages
        number (int): The image's place in ``images``
        boxes (Sequence | np.ndarray): (N, 4) or, with scores, (N, 5), left,
            top, right, bottom in pixels; N may be 0

    Returns:
        tuple:
        - boxes (np.ndarray): (N, 4), float32
        - scores (np.ndarray): (N,), float32, 1 where none were given

    Raises:
        ValueError: If they are not like this.
    """
    boxes = np.asarray(boxes)
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
        # MMPose computes in the type of the boxes: small integers overflow
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
            f'bottom > top, got {boxes[empty][0, :4].tolist()}. Boxes of '
            'left, top, width, height need their corner added.'
        )
    scores = rows[:, 4] if rows.shape[1] == 5 else np.ones(len(rows), 'f4')
    return rows[:, :4], scores
