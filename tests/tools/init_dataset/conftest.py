from pathlib import Path

import beasts
import cv2
import numpy as np
import pytest


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """``beasts.json`` beside its images."""
    (tmp_path / 'images').mkdir()
    for i in range(3):
        image = np.full((80, 100, 3), 60 * i, np.uint8)
        cv2.imwrite(str(tmp_path / f'images/{i}.jpg'), image)
    beasts.write(tmp_path, beasts.annotations())
    return tmp_path
