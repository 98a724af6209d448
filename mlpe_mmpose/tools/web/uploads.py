"""What a visitor gives: an image file, and boxes as text."""

import re
from pathlib import Path

import numpy as np
from PIL import Image, UnidentifiedImageError

from mlpe_mmpose.tools.read_image import read_image

# our choice: more people in one image than a visitor draws
MOST_BOXES = 50
# What PIL and OpenCV both know by the first bytes, so that OpenCV decodes the
# image whose size PIL has read.
FORMATS = ('JPEG', 'PNG', 'WEBP', 'BMP')
NUMBER = r'[-+]?\d{1,6}(?:\.\d{0,6})?'


def read_size(path: str | None, max_pixels: float) -> tuple[int, int]:
    """Read the size of an image from its header, without decoding it.

    Args:
        path (str, optional): The uploaded file; ``None`` without an upload
        max_pixels (float): The largest number of pixels

    Returns:
        tuple[int, int]: Width and height in pixels, before the image is
        turned as EXIF says.

    Raises:
        ValueError: If there is no file, or it is no image that can be
            decoded within the limit.
    """
    if path is None:
        raise ValueError('Drop an image first.')
    name = Path(path).name
    try:
        with Image.open(path, formats=FORMATS) as image:
            width, height = image.size
    except Image.DecompressionBombError as error:
        raise ValueError(
            f'{name} has too many pixels; at most {max_pixels / 1e6:g} '
            'million are read.'
        ) from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise ValueError(
            f'{name} is no image, or of another kind than '
            f'{", ".join(FORMATS)}.'
        ) from error
    if width * height > max_pixels:
        raise ValueError(
            f'{name} has {width} x {height} pixels; at most '
            f'{max_pixels / 1e6:g} million are read. Make it smaller.'
        )
    return width, height


def read_upload(path: str | None, max_pixels: float) -> np.ndarray:
    """Decode an uploaded image, turned as EXIF says.

    Returns:
        np.ndarray: (rows, columns, 3), uint8, BGR.

    Raises:
        ValueError: As :func:`read_size`, or if the file is damaged.
    """
    read_size(path, max_pixels)
    name = Path(path).name
    try:
        # OpenCV would fill what a damaged file lacks with gray
        with Image.open(path, formats=FORMATS) as image:
            image.load()
        return read_image(Path(path))
    except (OSError, ValueError, SyntaxError) as error:
        raise ValueError(f'{name} is damaged: {error}.') from error


def parse_boxes(text: str, shape: tuple[int, ...]) -> np.ndarray:
    """Read boxes, one a line: left, top, right, bottom in pixels.

    Args:
        text (str): The lines; without one, the image is the box
        shape (tuple): Rows and columns of the image come first

    Returns:
        np.ndarray: (N, 4), float32, N at least 1.

    Raises:
        ValueError: If a line is no box that covers some of the image.
    """
    rows, columns = shape[:2]
    lines = [line for line in (text or '').splitlines() if line.strip()]
    if not lines:
        return np.array([[0, 0, columns, rows]], np.float32)
    if len(lines) > MOST_BOXES:
        raise ValueError(f'{len(lines)} boxes; at most {MOST_BOXES} are read.')
    boxes = []
    for line in lines:
        values = _split_numbers(line)
        if len(values) != 4:
            raise ValueError(
                f'"{line[:60]}" is no box. A box has four numbers: left, top, '
                'right, bottom, as 10, 20, 110, 220.'
            )
        left, top, right, bottom = values
        inside = left < columns and top < rows and right > 0 and bottom > 0
        if not (left < right and top < bottom and inside):
            raise ValueError(
                f'"{line[:60]}" is no box in this image of {columns} x {rows} '
                'pixels: left needs to be below right, top below bottom.'
            )
        boxes.append(values)
    return np.array(boxes, np.float32)


def read_corners(text: str) -> list[list[float]]:
    """Return the lines that are boxes, or the first corner of one."""
    rows = [_split_numbers(line) for line in (text or '').splitlines()]
    return [row for row in rows if len(row) in (2, 4)][:MOST_BOXES]


def add_corner(text: str, x: float, y: float) -> str:
    """Add a clicked corner to the text: every second one completes a box."""
    lines = [line for line in (text or '').splitlines() if line.strip()]
    first = _split_numbers(lines[-1]) if lines else []
    if len(first) == 2:
        columns, rows = sorted((first[0], x)), sorted((first[1], y))
        corners = columns[0], rows[0], columns[1], rows[1]
        lines[-1] = ', '.join(f'{value:g}' for value in corners)
    else:
        lines.append(f'{x:g}, {y:g}')
    return '\n'.join(lines)


def format_boxes(boxes: np.ndarray) -> str:
    """Write boxes (N, 4 or more) as the text that a visitor can change."""
    return '\n'.join(
        ', '.join(f'{value:.1f}' for value in box[:4]) for box in boxes
    )


def _split_numbers(line: str) -> list[float]:
    """Return the numbers of a line; none if there is anything else."""
    words = re.split(r'[,;\s]+', line.strip())
    if not all(re.fullmatch(NUMBER, word) for word in words):
        return []
    return [float(word) for word in words]
