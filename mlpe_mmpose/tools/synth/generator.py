"""Generate a small data set of people in COCO's format."""

import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2

from mlpe_mmpose.annotations.faults import read_json

from ..output_file import write_then_check
from .annotations import (
    IDS_PER_IMAGE,
    annotate_scene,
    build_coco_file,
    detect_people,
)
from .dice import Dice
from .scene import render_scene

GENERATOR_VERSION = 4  # raise it when any image or annotation changes
_FIRST_ID = {'train': 1, 'val': 1_000_001}
_SPLITS = tuple(_FIRST_ID)
_LIMITS = {
    'num_train': (1, 1_000_000),  # ids of train stay below those of val
    'num_val': (1, 1_000_000),
    'seed': (0, 2**63 - 1),  # the largest integer of other JSON readers
    'max_people': (1, IDS_PER_IMAGE // 2),
    # Pixels. At 64 the smallest person is 17 pixels high; OpenCV limits
    # coordinates in 1/16 pixel.
    'image_size (width)': (64, 2000),
    'image_size (height)': (64, 2000),
}
_JPEG_QUALITY = 90
_DETECTOR = 1  # last number of the key of the detector's streams
_DETECTIONS = 'person_detection_results/synthetic_val_detections.json'
_RECORD, _UNFINISHED = 'synth.json', 'synth.unfinished.json'


@dataclass
class DatasetSummary:
    """Summary of a generated data set.

    Args:
        out_dir (str): Folder of the data set
        images (int): Number of images, train and val
        people (int): Number of people, without crowds
        crowds (int): Number of crowd regions
        seen (int): Number of keypoints with visibility 2
        covered (int): Number of keypoints with visibility 1
        outside (int): Number of keypoints with visibility 0
        seconds (float): Duration of the generation; 0 if it was reused
        reused (bool): Whether the data set was complete already
    """

    out_dir: str
    images: int
    people: int
    crowds: int
    seen: int
    covered: int
    outside: int
    seconds: float = 0.0
    reused: bool = False


def generate_dataset(
    out_dir: str | os.PathLike,
    num_train: int,
    num_val: int,
    seed: int,
    image_size: tuple[int, int] = (320, 240),
    max_people: int = 4,
    progress: Callable[[int, int], None] | None = None,
) -> DatasetSummary:
    """Generate images with annotations, or reuse those that exist.

    An image depends on the seed, its split and its index only, and so not on
    the number of images or on the machine. Annotations, detections and the
    pixels before JPEG compression are the same everywhere, because they
    result from exact operations only. JPEG files are the same for the same
    build of OpenCV; another JPEG library may round some pixels otherwise.

    The last file written is ``synth.json``; with it the data set is complete.
    In a folder with an incomplete data set of the same arguments, all files
    are generated again. Two processes may fill the same folder.

    Args:
        out_dir (str | PathLike): Folder to fill, with ``train2017/``,
            ``val2017/``, ``annotations/person_keypoints_*2017.json`` and
            ``person_detection_results/synthetic_val_detections.json``
        num_train (int): Number of training images, 1 to 1,000,000
        num_val (int): Number of validation images, 1 to 1,000,000
        seed (int): A whole number, 0 to 2**63 - 1
        image_size (tuple): Size of the images [w, h], each 64 to 2000
        max_people (int): Largest number of people of an image, 1 to 50
        progress (callable, optional): Takes the numbers of images done and all

    Returns:
        DatasetSummary: The numbers of images, people and keypoints.

    Raises:
        ValueError: If an argument is out of range, or the folder holds
            something else. Then nothing has been written.
        OSError: If a file cannot be written.
    """
    start = time.perf_counter()
    plan = {
        'generator_version': GENERATOR_VERSION,
        'num_train': num_train,
        'num_val': num_val,
        'seed': seed,
        'image_size': list(image_size),
        'max_people': max_people,
    }
    _check(plan)
    out_dir = Path(out_dir)
    counts = _find_complete(out_dir, plan)
    if counts is not None:
        return DatasetSummary(str(out_dir), **counts, reused=True)

    out_dir.mkdir(parents=True, exist_ok=True)
    _write_json(out_dir / _UNFINISHED, plan)
    (out_dir / _RECORD).unlink(missing_ok=True)
    annotations = _generate_split(out_dir, 'train', plan, progress)
    annotations += _generate_split(out_dir, 'val', plan, progress)
    counts = {'images': num_train + num_val} | _count(annotations)
    _write_json(out_dir / _RECORD, plan | {'holds': counts})
    (out_dir / _UNFINISHED).unlink(missing_ok=True)
    seconds = time.perf_counter() - start
    return DatasetSummary(str(out_dir), **counts, seconds=seconds)


def _check(plan: dict) -> None:
    """Raise a ValueError if an argument is out of range."""
    size = plan['image_size']
    if len(size) != 2:
        raise ValueError(f'image_size must be [w, h], got {tuple(size)}')
    sides = {'image_size (width)': size[0], 'image_size (height)': size[1]}
    for name, (low, high) in _LIMITS.items():
        value = (plan | sides)[name]
        if not isinstance(value, int) or not low <= value <= high:
            raise ValueError(
                f'{name} must be a whole number from {low} to {high}, '
                f'got {value}'
            )


def _find_complete(out_dir: Path, plan: dict) -> dict[str, int] | None:
    """Return the counts of a complete data set of this plan, if any."""
    for folder in (out_dir, *out_dir.parents):
        if folder.exists() and not folder.is_dir():
            raise ValueError(f'out_dir must be a folder, {folder} is a file')
    names = os.listdir(out_dir) if out_dir.exists() else []
    # a hidden file is what a kill has left of `write_then_check`
    if all(name.startswith('.') for name in names):
        return None
    for name in (_RECORD, _UNFINISHED):
        if name not in names:
            continue
        found = read_json(out_dir / name)
        counts = found.pop('holds', None) if isinstance(found, dict) else None
        if found != plan:
            raise ValueError(
                f'out_dir {out_dir} holds a data set of other arguments: '
                f'{found}, wanted {plan}'
            )
        files = [_DETECTIONS, *map(_annotation_file, _SPLITS)]
        files += [
            f'{split}2017/{_image_file(first + index)}'
            for split, first in _FIRST_ID.items()
            for index in range(plan[f'num_{split}'])
        ]
        complete = all((out_dir / file).is_file() for file in files)
        return counts if complete else None
    raise ValueError(
        f'out_dir {out_dir} holds something else than a generated data set; '
        'choose a new or empty folder'
    )


def _generate_split(out_dir, split, plan, progress) -> list[dict]:
    """Write the files of a split, and return its annotations."""
    images, annotations, detections = [], [], []
    width, height = size = plan['image_size']
    folder = out_dir / f'{split}2017'
    folder.mkdir(exist_ok=True)
    for index in range(plan[f'num_{split}']):
        key = (plan['seed'], _SPLITS.index(split), index)
        image_id = _FIRST_ID[split] + index
        scene = render_scene(Dice(*key), size, plan['max_people'])
        _write_jpeg(folder / _image_file(image_id), scene.image)
        image = {'id': image_id, 'file_name': _image_file(image_id)}
        images.append(image | {'width': width, 'height': height})
        people = annotate_scene(scene, image_id)
        annotations += people
        if split == 'val':
            dice = Dice(*key, _DETECTOR)
            detections += detect_people(dice, people, image_id, size)
        if progress is not None:
            earlier = plan['num_train'] if split == 'val' else 0
            total = plan['num_train'] + plan['num_val']
            progress(earlier + len(images), total)
    coco = build_coco_file(images, annotations)
    _write_json(out_dir / _annotation_file(split), coco)
    if split == 'val':
        _write_json(out_dir / _DETECTIONS, detections)
    return annotations


def _count(annotations: list[dict]) -> dict[str, int]:
    """Count people, crowds and keypoints, as :class:`DatasetSummary` says."""
    people = [a for a in annotations if not a['iscrowd']]
    flags = [flag for a in people for flag in a['keypoints'][2::3]]
    return {
        'people': len(people),
        'crowds': len(annotations) - len(people),
        'seen': flags.count(2),
        'covered': flags.count(1),
        'outside': flags.count(0),
    }


def _annotation_file(split: str) -> str:
    """Return COCO's name of the annotation file of a split."""
    return f'annotations/person_keypoints_{split}2017.json'


def _image_file(image_id: int) -> str:
    """Return COCO's name of an image."""
    return f'{image_id:012d}.jpg'


def _write_jpeg(path: Path, image) -> None:
    """Write an image, or raise the OSError of the file system."""
    # cv2.imwrite would not tell why it failed
    quality = (cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY)
    with write_then_check(path) as part:
        part.write_bytes(cv2.imencode('.jpg', image, quality)[1])


def _write_json(path: Path, content) -> None:
    """Write a file that appears complete or not at all."""
    path.parent.mkdir(exist_ok=True)
    text = json.dumps(content, separators=(',', ':'))
    with write_then_check(path) as part:
        part.write_text(text, encoding='utf-8')
