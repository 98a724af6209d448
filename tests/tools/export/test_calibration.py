"""The crops on which an int8 graph is calibrated."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from exported import Trained

from mlpe_mmpose.runtime import OnnxPose, crops
from mlpe_mmpose.tools.export import calibration
from mlpe_mmpose.tools.export.calibration import read_crops

NOISE = np.random.default_rng(0).integers(0, 256, (60, 80, 3), np.uint8)


@pytest.fixture(scope='module')
def card(small_mlpe: Trained):
    return OnnxPose(small_mlpe.config.with_name('pose.onnx')).card


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of two images, and a file that is none."""
    cv2.imwrite(str(tmp_path / 'a.png'), NOISE)
    cv2.imwrite(str(tmp_path / 'b.png'), 255 - NOISE)
    (tmp_path / 'notes.txt').write_text('no image')
    return tmp_path


def crop(card, image: np.ndarray, box: list) -> np.ndarray:
    """Crop a box as the runtime does."""
    size = card.input_size
    boxes = np.array([box], float)
    (center,), (scale,) = crops.pad_boxes(boxes, size, card.padding)
    return crops.crop(image, center, scale, size)


def write_boxes(folder: Path, *people: dict) -> Path:
    """Write a COCO annotation file of people in the image b.png."""
    path = folder / 'boxes.json'
    content = dict(
        images=[dict(id=7, file_name='b.png')],
        annotations=[
            dict(id=number, image_id=7, category_id=1) | person
            for number, person in enumerate(people)
        ],
        categories=[dict(id=1)],
    )
    path.write_text(json.dumps(content))
    return path


def test_without_boxes_each_image_is_one_person(folder, card):
    found = read_crops(folder, None, card)
    whole = [0, 0, 80, 60]
    for image, expected in zip(found, (NOISE, 255 - NOISE), strict=True):
        np.testing.assert_array_equal(image, crop(card, expected, whole))


def test_with_boxes_each_person_is_cropped_as_in_the_runtime(folder, card):
    file = write_boxes(
        folder,
        dict(bbox=[5, 6, 20, 40]),
        dict(bbox=[0, 0, 80, 60], iscrowd=1),
        dict(bbox=[9, 9, 0, 0]),
        dict(bbox=[9, 9, 9, 9], image_id=8),
        dict(bbox=[30, 10, 30, 50]),
    )
    found = read_crops(folder, file, card)
    boxes = ([5, 6, 25, 46], [30, 10, 60, 60])
    for image, box in zip(found, boxes, strict=True):
        np.testing.assert_array_equal(image, crop(card, 255 - NOISE, box))


def test_of_many_people_some_at_equal_distances_are_taken(
    folder, card, monkeypatch
):
    monkeypatch.setattr(calibration, 'MAX_CROPS', 3)
    boxes = [[left, 5, 10, 20] for left in range(9)]
    file = write_boxes(folder, *(dict(bbox=box) for box in boxes))
    found = read_crops(folder, file, card)
    for image, left in zip(found, (0, 4, 8), strict=True):
        expected = crop(card, 255 - NOISE, [left, 5, left + 10, 25])
        np.testing.assert_array_equal(image, expected)


def test_missing_people_and_files_are_named(folder, card):
    empty = folder / 'empty'
    empty.mkdir()
    with pytest.raises(ValueError, match='empty has no person'):
        read_crops(empty, None, card)
    with pytest.raises(FileNotFoundError, match='none is not a folder'):
        read_crops(folder / 'none', None, card)
    with pytest.raises(ValueError, match=r'notes.txt is no JSON file'):
        read_crops(folder, folder / 'notes.txt', card)
    file = write_boxes(folder, dict(bbox=[0, 0, 9]))
    with pytest.raises(ValueError, match=r'boxes.json, annotation 0: .bbox. '):
        read_crops(folder, file, card)
    file = write_boxes(folder, dict(bbox=[0, 0, 9, 9]))
    with pytest.raises(OSError, match=r'b\.png: there is no such file'):
        read_crops(empty, file, card)


@pytest.mark.parametrize(
    'category', [dict(name='someone', keypoints=['nose']), dict(name='person')]
)
def test_other_things_than_people_are_left_out(folder, card, category):
    person, car = [5, 6, 25, 46], [30, 10, 60, 60]
    file = write_boxes(
        folder,
        dict(bbox=[5, 6, 20, 40], category_id=7),
        dict(bbox=[30, 10, 30, 50]),
    )
    content = json.loads(file.read_text())
    content['categories'] = [dict(id=1, name='car'), dict(category, id=7)]
    file.write_text(json.dumps(content))
    (found,) = read_crops(folder, file, card)
    np.testing.assert_array_equal(found, crop(card, 255 - NOISE, person))
    assert (found != crop(card, 255 - NOISE, car)).any()
