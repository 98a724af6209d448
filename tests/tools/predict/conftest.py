"""Small inputs that the tests of `predict` share."""

from pathlib import Path

import cv2
import numpy as np
import pytest

FRAMES, FPS = 12, 20.0
SIZE = (160, 120)  # width, height


def draw_frame(number: int) -> np.ndarray:
    """A grey frame in which a bright box moves two pixels a frame."""
    frame = np.full((*SIZE[::-1], 3), 60, np.uint8)
    left = 10 + 2 * number
    frame[30:90, left : left + 40] = (200, 210, 220)
    return frame


@pytest.fixture(scope='session')
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp('video') / 'walk.mp4'
    writer = cv2.VideoWriter(
        str(path), cv2.VideoWriter_fourcc(*'mp4v'), FPS, SIZE
    )
    for number in range(FRAMES):
        writer.write(draw_frame(number))
    writer.release()
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three images, a broken one, and a text file."""
    path = tmp_path / 'images'
    path.mkdir()
    for number in (7, 8, 11):
        cv2.imwrite(str(path / f'{number:012d}.png'), draw_frame(number))
    (path / '000000000009.jpg').write_bytes(b'\xff\xd8\xff\xe0 no more')
    (path / 'readme.md').write_text('no image')
    return path
