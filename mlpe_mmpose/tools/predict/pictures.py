"""Writes pictures of images, and videos of videos."""

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from .frames import Frame
from .inputs import Input


class PictureFolder:
    """Write each picture to a file with the name of its image.

    Args:
        folder (Path): Folder of the pictures
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, frame: Frame, picture: np.ndarray) -> None:
        """Write a picture of a frame.

        Raises:
            OSError: If the file cannot be written.
        """
        path = self.folder / frame.name
        path.parent.mkdir(parents=True, exist_ok=True)
        # the suffix is that of an image that OpenCV has read
        if not cv2.imwrite(str(path), picture):
            raise OSError(f'{path} cannot be written.')

    def close(self) -> None:
        """Nothing is open."""


class VideoFile:
    """Write pictures as the frames of a video.

    Args:
        path (Path): The file, ``.mp4``
        fps (float): Frames a second
    """

    def __init__(self, path: Path, fps: float) -> None:
        self.path, self.fps = path, fps
        self._writer: cv2.VideoWriter | None = None

    def write(self, frame: Frame, picture: np.ndarray) -> None:
        """Append a picture.

        Raises:
            OSError: If the video cannot be written.
        """
        if self._writer is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            # MPEG-4 is in every build of OpenCV, H.264 is not
            self._writer = cv2.VideoWriter(
                str(self.path),
                cv2.VideoWriter_fourcc(*'mp4v'),
                self.fps,
                picture.shape[1::-1],
            )
            if not self._writer.isOpened():
                raise OSError(f'{self.path}: OpenCV cannot write the video.')
        self._writer.write(picture)

    def close(self) -> None:
        """Finish the file."""
        if self._writer is not None:
            self._writer.release()


class Pictures:
    """The pictures of a prediction: skeletons, and heatmaps of each level.

    Used as a context, which finishes the files at its end.

    Args:
        out_dir (Path): Folder of the prediction
        source (Input): What is predicted
        painter (callable): Takes a frame, and returns its picture
    """

    def __init__(self, out_dir: Path, source: Input, painter) -> None:
        self.out_dir, self.source, self.painter = out_dir, source, painter
        self._files: dict[str, PictureFolder | VideoFile] = {}

    def __enter__(self) -> 'Pictures':
        return self

    def __exit__(self, *_: object) -> None:
        for file in self._files.values():
            file.close()

    def write(self, frame: Frame) -> None:
        """Write all pictures of a frame."""
        for kind, picture in self._draw(frame):
            if kind not in self._files:
                self._files[kind] = self._open(kind)
            self._files[kind].write(frame, picture)

    def _draw(self, frame: Frame) -> Iterator[tuple[str, np.ndarray]]:
        yield 'skeletons', self.painter(frame)
        for level, picture in frame.heatmaps:
            yield f'heatmaps_{level.replace(" ", "")}', picture

    def _open(self, kind: str) -> PictureFolder | VideoFile:
        if self.source.fps is None:
            return PictureFolder(self.out_dir / kind)
        path = self.out_dir / f'{self.source.name}_{kind}.mp4'
        return VideoFile(path, self.source.fps)
