"""Read the images of the predictor, and keep track of their people."""

import dataclasses
import os
from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np
from mmengine.dataset import Compose

from ..runtime.inputs import check_image


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


def read_image(
    owner: str,
    number: int,
    image: str | os.PathLike | np.ndarray,
    load: Compose,
) -> dict[str, Any]:
    """Read an image with the first step of the pipeline, ``LoadImage``.

    Args:
        owner (str): Class that the messages name
        number (int): Index of the image in ``images``
        image (str | PathLike | np.ndarray): A path, or (H, W, 3), uint8
        load (Compose): The step ``LoadImage``, which may ask for gray images

    Returns:
        dict: The result of the step: ``img``, ``img_path``, ``img_shape``...

    Raises:
        ValueError: If the image is neither a path nor such an array.
        OSError: If the file is missing, or is not a whole image.
    """
    if not isinstance(image, (str, os.PathLike)):
        check_image(owner, number, image, or_path=True)
        if load.transforms[0].color_type.startswith('grayscale'):
            image = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
        return load(dict(img=image))
    path = os.fspath(image)
    problem = f'{owner} cannot read images[{number}]={path!r}: '
    try:
        loaded = load(dict(img_path=path))
    except FileNotFoundError as error:
        raise FileNotFoundError(f'{problem}there is no such file.') from error
    # each decoder that a config can choose raises other exceptions
    except Exception as error:
        raise OSError(
            f'{problem}the file cannot be opened, or is no whole image.'
        ) from error
    if loaded is None:
        raise OSError(f'{problem}the file is missing, or no whole image.')
    return loaded
