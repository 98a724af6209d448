"""Reads an image from a file."""

from pathlib import Path

import cv2
import numpy as np


def read_image(path: Path) -> np.ndarray:
    """Read an image as (H, W, 3), uint8, BGR, turned as EXIF says.

    Raises:
        OSError: If the file is missing, or is no whole image.
    """
    if not path.is_file():
        raise FileNotFoundError('there is no such file')
    data = np.fromfile(path, np.uint8)
    image = cv2.imdecode(data, cv2.IMREAD_COLOR) if data.size else None
    if image is None:
        raise OSError('the file is empty, or no image that OpenCV can read')
    return image
