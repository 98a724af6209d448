"""What the tests of backends and precisions share."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np

from mlpe_mmpose.runtime import OnnxPose

BOXES = [[60, 5, 110, 230], [10, 20, 300, 90], [100, 50, 160, 171]]


def predict(path: str, images: list, **options: str) -> tuple:
    """Keypoints (N, K, 2) and scores (N, K) of all images."""
    pose = OnnxPose(path, threads=1, **options)
    poses = pose.predict(images, [BOXES] * len(images))
    return tuple(np.concatenate(part) for part in zip(*poses, strict=True))


def check(found: tuple, expected: tuple, scores: float) -> None:
    """Compare most keypoints; those of random weights jump between maxima."""
    moved = np.linalg.norm(found[0] - expected[0], axis=-1)
    assert np.median(moved) < 0.1
    np.testing.assert_allclose(found[1], expected[1], rtol=0, atol=scores)


def run_alone(code: str, folder: Path, **variables: str) -> str:
    """Run a program in a folder, and return what it prints."""
    done = subprocess.run(
        [sys.executable, '-W', 'ignore', '-c', code],
        cwd=folder,
        env=dict(os.environ, **variables),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout
