"""Reads an image as training reads it."""

from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from mlpe_mmpose.datasets.cut_off_images import MAX_SIDE

if TYPE_CHECKING:
    from PIL import Image  # `predict --model` works without Pillow

# the tag that says how an image is turned (EXIF 2.3, section 4.6.4)
ORIENTATION = 0x0112
UNREADABLE = (
    'the file is empty, or no image that OpenCV can read and crop, of at most '
    f'{MAX_SIDE} pixels a side and, in a TIFF file, 8 or 16 bits a sample'
)


def read_image(path: Path) -> np.ndarray:
    """Read an image as (H, W, 3), uint8, BGR, turned as EXIF says.

    Raises:
        OSError: If the file is missing, or is no whole image.
    """
    if not path.is_file():
        raise FileNotFoundError('there is no such file')
    image = decode_image(path.read_bytes())
    if image is None:
        raise OSError(UNREADABLE)
    return image


def decode_image(content: bytes) -> np.ndarray | None:
    """Decode the content of a file as :func:`read_image` does.

    MMPose's ``LoadImage`` decodes by the same function. ``cv2.imread``
    differs: it cannot turn a TIFF file.

    Returns:
        np.ndarray, optional: ``None`` if the content is no image, or one of
        more pixels than OpenCV decodes, or than it crops.
    """
    try:
        image = cv2.imdecode(
            np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR
        )
    except cv2.error:  # it is empty, or has more pixels than OpenCV reads
        return None
    return None if image is None or max(image.shape) > MAX_SIDE else image


def is_turned(header: 'Image.Image') -> bool:
    """Whether an EXIF tag says that the image has to be turned."""
    return header.getexif().get(ORIENTATION, 1) != 1
