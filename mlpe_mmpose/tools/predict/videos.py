"""Reads the frames of a video, a stream, or a camera."""

import os
from collections.abc import Iterator
from pathlib import Path

import cv2

from .frames import Frame, Unreadable

# our choice: a video is damaged if it ends so many frames, and so large a part
# of it, too early. Some programs count a frame or two too many
SPARE_FRAMES, SPARE_PART = 2, 0.01


def open_video(source: str | int) -> cv2.VideoCapture:
    """Open a file, the address of a stream, or the number of a camera.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If OpenCV cannot open it.
    """
    place = source
    if isinstance(source, str) and '://' not in source:
        if not Path(source).is_file():
            raise FileNotFoundError(f'INPUT={source!r}: no such file.')
        place = name_for_opencv(source)
    video = cv2.VideoCapture(place)
    if not video.isOpened():
        kind = 'camera' if isinstance(source, int) else 'video'
        raise ValueError(f'INPUT={source}: OpenCV cannot open the {kind}.')
    return video


def name_for_opencv(path: str | Path) -> str:
    """Return the path of a video as OpenCV can take it.

    It is absolute, because FFmpeg takes ``12:30.mp4`` for an address.

    Raises:
        ValueError: If the path is not UTF-8, which ends OpenCV's process.
    """
    place = os.path.abspath(path)
    try:
        place.encode()
    except UnicodeEncodeError as error:
        raise ValueError(
            f'{place}: OpenCV takes no video whose name is not UTF-8. Rename '
            'it.'
        ) from error
    return place


def read_video(
    video: cv2.VideoCapture, name: str
) -> Iterator[Frame | Unreadable]:
    """Yield the frames of a video, and an error if it ends too early."""
    number, seconds = 0, 0.0
    count = video.get(cv2.CAP_PROP_FRAME_COUNT)
    try:
        while True:
            found, image = video.read()
            if not found:
                break
            # after the last frame, OpenCV says 0
            seconds = video.get(cv2.CAP_PROP_POS_MSEC) / 1000
            yield Frame(number, name, image)
            number += 1
        if not number:
            yield Unreadable(name, 'no frame of it can be read')
            return
        # Where the frames have different lengths, the count of OpenCV is the
        # duration times the highest rate, which only the time can reach.
        reached = max(number, seconds * video.get(cv2.CAP_PROP_FPS) + 1)
        if count - reached > max(SPARE_FRAMES, SPARE_PART * count):
            yield Unreadable(
                name,
                f'ends after {number} of {count:.0f} frames; only these are '
                'predicted',
            )
    finally:
        video.release()
