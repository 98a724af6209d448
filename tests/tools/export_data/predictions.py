"""Predictions of a small data set, and how they are exported."""

import json
from pathlib import Path

import cv2
import numpy as np
import sleap_io

from mlpe_mmpose.tools.export_data.export_data import export_data

NAMES = ['snout', 'ear', 'tail']


def make_folder(tmp_path: Path) -> Path:
    """Five images, of which two have no pose, and results."""
    (tmp_path / 'images/day').mkdir(parents=True)
    images = []
    for number in range(5):
        name = f'day/frame{number}.png'
        pixels = np.full((48, 64, 3), 20 * number + 10, np.uint8)
        cv2.imwrite(str(tmp_path / 'images' / name), pixels)
        size = dict(width=64, height=48)
        images.append(dict(id=100 + number, file_name=name, **size))
    category = dict(id=1, name='mouse', keypoints=NAMES, skeleton=[[1, 3]])
    content = dict(images=images, annotations=[], categories=[category])
    (tmp_path / 'ann.json').write_text(json.dumps(content))
    write(tmp_path, [make_pose(number) for number in (4, 1, 3)])
    return tmp_path


def make_pose(number: int, **more: object) -> dict:
    """A pose, as `mim test` writes it; the ear has a low score."""
    keypoints = [
        number + 5,
        10,
        0.9,
        number + 20,
        12,
        0.2,
        number + 9,
        30,
        0.7,
    ]
    return dict(
        image_id=100 + number,
        category_id=1,
        keypoints=keypoints,
        score=0.8,
        **more,
    )


def write(folder: Path, poses: list[dict]) -> None:
    (folder / 'results.json').write_text(json.dumps(poses))


def export(
    folder: Path, name: str, say: object = lambda _: None, **kwargs: object
) -> Path:
    return export_data(
        folder / 'results.json',
        folder / 'ann.json',
        folder / 'out' / name,
        folder / 'images',
        say=say,
        **kwargs,
    )


def read_poses(labels: sleap_io.Labels) -> dict[int, dict[str, np.ndarray]]:
    """Return (x, y) by name, by the number that the image tells."""
    poses = {}
    for frame in labels:
        path = frame.video.filename[frame.frame_idx]
        number = round((cv2.imread(path).mean() - 10) / 20)
        (pose,) = frame.instances
        names = pose.skeleton.node_names
        poses[number] = dict(zip(names, pose.numpy(), strict=True))
    return poses
