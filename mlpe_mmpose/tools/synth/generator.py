"""Generate a small data set of people in COCO's format."""

import json
import os
import time
from collections.abc import Callable
from pathlib import Path

import cv2

from .annotations import annotate_scene, build_coco_file, detect_people
from .dice import Dice
from .plan import FIRST_ID, SPLITS, DatasetSummary, Plan
from .scene import render_scene

_JPEG_QUALITY = 90
_DETECTOR = 1  # last number of the key of the detector's streams
_DETECTIONS = 'person_detection_results/synthetic_val_detections.json'
_RECORD, _UNFINISHED = 'synth.json', 'synth.unfinished.json'
_PART = '.part'  # suffix of a file that is not complete yet

Progress = Callable[[int, int], None]


def generate_dataset(
    out_dir: str | os.PathLike,
    num_train: int,
    num_val: int,
    seed: int,
    image_size: tuple[int, int] = (320, 240),
    max_people: int = 4,
    progress: Progress | None = None,
) -> DatasetSummary:
    """Generate images with annotations, or reuse those that exist.

    An image depends on the seed, its split and its index only, and so not on
    the number of images or on the machine. Annotations,
    detections and the pixels before JPEG compression are the same
    everywhere, because they result from exact operations only. The bytes of
    a JPEG file are the same for the same build of OpenCV; another JPEG
    library may round some pixels otherwise.

    The last file written is ``synth.json``; with it the data set is complete.
    In a folder with an incomplete data set of the same arguments, all files
    are generated again.

    Args:
        out_dir (str | PathLike): Folder to fill, with ``train2017/``,
            ``val2017/``, ``annotations/person_keypoints_*2017.json`` and
            ``person_detection_results/synthetic_val_detections.json``
        num_train (int): Number of training images, 1 to 1,000,000
        num_val (int): Number of validation images, 1 to 1,000,000
        seed (int): Any whole number from 0
        image_size (tuple): Size of the images [w, h], each 64 or more
        max_people (int): Largest number of people of an image, 1 to 50
        progress (callable, optional): Called after each image with the
            numbers of images that are done and wanted

    Returns:
        DatasetSummary: The numbers of images, people and keypoints.

    Raises:
        ValueError: If an argument is out of range, or the folder holds
            something else. Then nothing has been written.
    """
    start = time.perf_counter()
    plan = Plan(num_train, num_val, seed, tuple(image_size), max_people)
    plan.check()
    out_dir = Path(out_dir)
    summary = _find_complete(out_dir, plan)
    if summary is not None:
        return summary

    out_dir.mkdir(parents=True, exist_ok=True)
    _write_json(out_dir / _UNFINISHED, plan.record())
    (out_dir / _RECORD).unlink(missing_ok=True)
    summary = DatasetSummary(str(out_dir))
    for split in SPLITS:
        _generate_split(out_dir, split, plan, summary, progress)
    _write_json(out_dir / _RECORD, plan.record() | {'holds': summary.counts()})
    (out_dir / _UNFINISHED).unlink(missing_ok=True)
    summary.seconds = time.perf_counter() - start
    return summary


def _find_complete(out_dir: Path, plan: Plan) -> DatasetSummary | None:
    """Return the summary of a complete data set of this plan, if any."""
    for folder in (out_dir, *out_dir.parents):
        if folder.exists() and not folder.is_dir():
            raise ValueError(f'out_dir must be a folder, {folder} is a file')
    names = os.listdir(out_dir) if out_dir.exists() else []
    if all(name.endswith(_PART) for name in names):
        return None
    for name in (_RECORD, _UNFINISHED):
        if not (out_dir / name).is_file():
            continue
        found = json.loads((out_dir / name).read_text(encoding='utf-8'))
        holds = found.pop('holds', None)
        if found != plan.record():
            raise ValueError(
                f'out_dir {out_dir} holds a data set of other arguments: '
                f'{found}, wanted {plan.record()}'
            )
        if holds is None or not _has_all_files(out_dir, plan):
            return None
        return DatasetSummary(str(out_dir), **holds, reused=True)
    raise ValueError(
        f'out_dir {out_dir} holds something else than a generated data set; '
        'choose a new or empty folder'
    )


def _has_all_files(out_dir: Path, plan: Plan) -> bool:
    """Check that no file of a complete data set is missing."""
    files = [out_dir / _DETECTIONS]
    for split in SPLITS:
        files.append(out_dir / _annotation_file(split))
        files += [
            out_dir / f'{split}2017' / _image_file(FIRST_ID[split] + index)
            for index in range(plan.count(split))
        ]
    return all(path.is_file() for path in files)


def _generate_split(out_dir, split, plan, summary, progress) -> None:
    """Write the images of a split, then its annotations and detections."""
    images, annotations, detections = [], [], []
    width, height = plan.image_size
    folder = out_dir / f'{split}2017'
    folder.mkdir(exist_ok=True)
    for index in range(plan.count(split)):
        key = (SPLITS.index(split), index)
        image_id = FIRST_ID[split] + index
        scene = render_scene(
            Dice(plan.seed, *key), plan.image_size, plan.max_people
        )
        _write_jpeg(folder / _image_file(image_id), scene.image)
        image = {'id': image_id, 'file_name': _image_file(image_id)}
        images.append(image | {'width': width, 'height': height})
        people = annotate_scene(scene, image_id)
        annotations += people
        if split == 'val':
            dice = Dice(plan.seed, *key, _DETECTOR)
            detections += detect_people(
                dice, people, image_id, plan.image_size
            )
        summary.add(people)
        if progress is not None:
            progress(summary.images, plan.num_train + plan.num_val)
    coco = build_coco_file(images, annotations)
    _write_json(out_dir / _annotation_file(split), coco)
    if split == 'val':
        _write_json(out_dir / _DETECTIONS, detections)


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
    _, data = cv2.imencode('.jpg', image, quality)
    path.write_bytes(data)


def _write_json(path: Path, content) -> None:
    """Write a file that appears complete or not at all."""
    path.parent.mkdir(exist_ok=True)
    part = path.with_suffix(_PART)
    part.write_text(
        json.dumps(content, separators=(',', ':')), encoding='utf-8'
    )
    part.replace(path)
