"""Writes pictures of images, and videos of videos."""

from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np

from .frames import Frame
from .inputs import IMAGE_SUFFIXES, Input
from .videos import name_for_opencv

SKELETONS, HEATMAPS = 'skeletons', 'heatmaps_'
# of a second, in MPEG-4, whose field for them has 16 bits
MOST_TICKS = 65535


class Pictures:
    """The pictures of a prediction: skeletons, and heatmaps of each level.

    Images become files with the names of the images, in one folder for each
    kind of picture. A video becomes one ``.mp4`` file for each kind.

    Used as a context, which finishes the files at its end.

    Args:
        out_dir (Path): Folder of the prediction
        source (Input): What is predicted
        painter (callable): Takes a frame, and returns its picture

    Raises:
        OSError: When a frame is written, if a file cannot be written.
    """

    def __init__(
        self,
        out_dir: Path,
        source: Input,
        painter: Callable[[Frame], np.ndarray],
    ) -> None:
        self.out_dir, self.source, self.painter = out_dir, source, painter
        self._videos: dict[str, cv2.VideoWriter] = {}

    def __enter__(self) -> 'Pictures':
        return self

    def __exit__(self, *_: object) -> None:
        for video in self._videos.values():
            video.release()

    def write(self, frame: Frame) -> None:
        """Write all pictures of a frame."""
        for kind, picture in self._draw(frame):
            if self.source.fps is None:
                _write_image(self.out_dir / kind / frame.name, picture)
                continue
            if kind not in self._videos:
                self._videos[kind] = self._open_video(kind, picture)
            self._videos[kind].write(picture)

    def _draw(self, frame: Frame) -> Iterator[tuple[str, np.ndarray]]:
        yield SKELETONS, self.painter(frame)
        for level, picture in frame.heatmaps:
            yield f'{HEATMAPS}{level.replace(" ", "")}', picture

    def _open_video(self, kind: str, picture: np.ndarray) -> cv2.VideoWriter:
        path = self.out_dir / f'{self.source.name}_{kind}.mp4'
        # MPEG-4 is in every build of OpenCV, H.264 is not
        codec = cv2.VideoWriter_fourcc(*'mp4v')
        size = picture.shape[1::-1]
        rate = _round_rate(self.source.fps)
        video = cv2.VideoWriter(name_for_opencv(path), codec, rate, size)
        if not video.isOpened():
            width, height = size
            raise OSError(
                f'{path}: OpenCV cannot write a video of {width}x{height} '
                f'pixels and {rate:g} frames a second. Choose another --out, '
                'or write no videos, by --no-pictures.'
            )
        return video


def is_picture_folder(name: str) -> bool:
    """Whether pictures are written into folders of this name."""
    return name == SKELETONS or name.startswith(HEATMAPS)


def _round_rate(rate: float) -> float:
    """Return frames a second as MPEG-4 can store them.

    OpenCV writes 83.333 as 83333 / 1000, whose numerator is too large. With
    one decimal less it is 8333 / 100.
    """
    for decimals in (3, 2, 1):
        if rate * 10**decimals < MOST_TICKS:
            return round(rate, decimals)
    return float(round(rate))


def _write_image(path: Path, picture: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    written = False
    # OpenCV reads a file by its content, and writes it by its suffix. Its
    # `imwrite` would end the process at a name that is not UTF-8.
    if path.suffix.lower() in IMAGE_SUFFIXES:
        written, content = cv2.imencode(path.suffix, picture)
    # another kind, or a picture too small for JPEG 2000
    if not written:
        path = path.with_name(f'{path.name}.png')
        content = cv2.imencode(path.suffix, picture)[1]
    path.write_bytes(content)
