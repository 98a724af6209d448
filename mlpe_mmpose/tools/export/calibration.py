"""Crops of people for the calibration of an int8 graph."""

import os
from pathlib import Path

import cv2
import numpy as np

from mlpe_mmpose.annotations.fields import Use
from mlpe_mmpose.annotations.metainfo import find_named
from mlpe_mmpose.annotations.read import read_annotations
from mlpe_mmpose.runtime import crops
from mlpe_mmpose.runtime.inputs import check_boxes
from mlpe_mmpose.runtime.model_card import ModelCard
from mlpe_mmpose.tools.read_image import read_image

# NNCF's own default for the size of a calibration set
MAX_CROPS = 300


def read_crops(
    folder: str | os.PathLike,
    annotations: str | os.PathLike | None,
    card: ModelCard,
) -> list[np.ndarray]:
    """Crop people out of images, as the runtime crops them.

    Args:
        folder (str | PathLike): Folder of the images
        annotations (str | PathLike, optional): COCO annotation file with the
            boxes of people in these images. ``None`` means that each image
            shows one person, whom it fits
        card (ModelCard): Card of the model, which has the size of a crop

    Returns:
        list[np.ndarray]: Crops (h, w, 3), uint8, BGR. Of more than
        ``MAX_CROPS`` people, as many are taken at equal distances.

    Raises:
        OSError: If a folder or file is missing, or an image cannot be read.
        ValueError: If there is no person, or the annotations have a fault.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise FileNotFoundError(
            f'{folder} is not a folder; the calibration needs one with images.'
        )
    if annotations is None:
        files = sorted(folder.iterdir())
        people = [(file, None) for file in files if cv2.haveImageReader(file)]
    else:
        people = _read_people(folder, Path(annotations))
    if not people:
        raise ValueError(
            f'{annotations or folder} has no person for the calibration.'
        )
    count = min(len(people), MAX_CROPS)
    chosen = np.linspace(0, len(people) - 1, count).astype(int)
    return [_crop(*people[index], card) for index in chosen]


def _read_people(
    folder: Path, annotations: Path
) -> list[tuple[Path, list[float]]]:
    """Read the image file and the box [x, y, w, h] of each person.

    A person is of a category with keypoints; where a file has none, as COCO's
    files of instances, of that with the name "person"; else of any.
    """
    data = read_annotations(annotations, Use.CROP, names=())
    files = {image['id']: image['file_name'] for image in data['images']}
    named = find_named(data['categories']) or [
        category
        for category in data['categories']
        if category.get('name') == 'person'
    ]
    persons = {category['id'] for category in named}
    return [
        (folder / files[person['image_id']], person['bbox'])
        for person in data['annotations']
        if person['image_id'] in files
        and (not persons or person['category_id'] in persons)
        and not person.get('iscrowd')
        and min(person['bbox'][2:]) > 0
    ]


def _crop(file: Path, box: list[float] | None, card: ModelCard) -> np.ndarray:
    """Read an image and crop one person."""
    try:
        image = read_image(file)
    except OSError as error:
        raise type(error)(f'The calibration needs {file}: {error}.') from error
    if box is not None:
        left, top, width, height = box
        box = [[left, top, left + width, top + height]]
    boxes, _ = check_boxes(str(file), 0, box, image.shape[:2])
    size = card.input_size
    (center,), (scale,) = crops.pad_boxes(boxes, size, card.padding)
    return crops.crop(image, center, scale, size)
