"""Check the inputs of the predictor, image by image."""

import dataclasses
import itertools
import os
from collections.abc import Callable, Iterable, Iterator, Sequence, Sized
from typing import Any

import numpy as np

# the value of `next` at the end of the boxes, where None has a meaning
_END = object()


@dataclasses.dataclass
class ImageInProgress:
    """An image whose result has not been yielded yet.

    Args:
        path (str, optional): File of the image; ``None`` for an array
        num_people (int): Number of boxes of the image
        predicted (list): Results of the first people, in the order of boxes
    """

    path: str | None
    num_people: int
    predicted: list = dataclasses.field(default_factory=list)

    def is_done(self) -> bool:
        """Whether all people of the image have a result."""
        return len(self.predicted) == self.num_people


def append_failure(items: Iterator[Any]) -> Iterator[Any]:
    """Yield the items and, if the iterator raises, the exception last.

    The caller can then finish the items before the exception.
    """
    try:
        yield from items
    except Exception as error:
        yield error


def pair_boxes(
    owner: str, images: Iterable[Any], boxes: Iterable[Any] | None
) -> Iterator[tuple[Any, Any]]:
    """Pair each image with its boxes, or with ``None`` if ``boxes`` is.

    Args:
        owner (str): The class that asks, for messages
        images (Iterable): Images
        boxes (Iterable, optional): Boxes of each image

    Returns:
        Iterator[tuple]: An image and its boxes.

    Raises:
        ValueError: If the two numbers differ: at once if both have a length,
            otherwise when one of the two ends.
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
        load (callable): The step ``LoadImage``

    Returns:
        dict: The result of the step: ``img``, ``img_path``, ``img_shape``...

    Raises:
        ValueError: If the image is neither a path nor such an array.
        OSError: If the file is missing, or is not a whole image.
    """
    if isinstance(image, (str, os.PathLike)):
        source = dict(img_path=os.fspath(image))
        file = f'{owner} cannot read images[{number}]={source["img_path"]!r}: '
        try:
            loaded = load(source)
        except FileNotFoundError as error:
            raise FileNotFoundError(f'{file}there is no such file.') from error
        # each decoder that a config can choose raises other exceptions
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


def check_boxes(
    owner: str, number: int, boxes: Sequence | np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Check the boxes of one image, and split off their scores.

    Args:
        owner (str): The class that asks, for messages
        number (int): The image's index in ``images``
        boxes (Sequence | np.ndarray): (N, 4) or, with scores, (N, 5), left,
            top, right, bottom in pixels; N may be 0

    Returns:
        tuple:
        - boxes (np.ndarray): (N, 4), float32
        - scores (np.ndarray): (N,), float32, 1 for boxes without scores

    Raises:
        ValueError: If the boxes are not as above.
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
        # MMPose computes in the type of the boxes; small integers would
        # overflow
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
