"""Every mistake that `check-data` looks for is found, and nothing else."""

import json
import os
import re
import shutil
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import ExifTags, Image

from mlpe_mmpose.tools import main
from mlpe_mmpose.tools.check_data.check_data import check_data
from mlpe_mmpose.tools.synth.generator import generate_dataset

ANN_FILE = 'annotations/person_keypoints_val2017.json'
BOXES = 'person_detection_results/synthetic_val_detections.json'
LEFT_KNEE, RIGHT_KNEE = 13, 14


@pytest.fixture(scope='module')
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sound data set of 60 images."""
    folder = tmp_path_factory.mktemp('generated')
    generate_dataset(folder, 1, 60, seed=0)
    return folder


@pytest.fixture
def folder(generated: Path, tmp_path: Path) -> Path:
    """A copy of the data set, to spoil."""
    return shutil.copytree(generated, tmp_path / 'data')


def check(folder: Path, boxes: str | None = None) -> list[str]:
    """Return the findings as lines."""
    images, boxes = folder / 'val2017', boxes and folder / boxes
    return [*map(str, check_data(folder / ANN_FILE, images, boxes))]


def change(folder: Path, change: object, file: str = ANN_FILE) -> None:
    """Change the content of a file."""
    content = json.loads((folder / file).read_text())
    content = change(content) or content
    (folder / file).write_text(json.dumps(content))


def as_corners(entry: dict) -> None:
    x, y, width, height = entry['bbox']
    entry['bbox'] = [x, y, x + width, y + height]


def exchange(person: dict, a: int, b: int) -> None:
    values = np.reshape(person['keypoints'], (-1, 3))
    values[[a, b]] = values[[b, a]]
    person['keypoints'] = values.ravel().tolist()


def test_in_a_sound_data_set_nothing_is_found(folder, capsys):
    assert check(folder, BOXES) == []
    call = ['check-data', str(folder / ANN_FILE), '--images']
    assert main([*call, str(folder / 'val2017')]) == 0
    assert '0 errors, 0 warnings' in capsys.readouterr().out


def test_errors_come_first_and_set_the_exit_status(folder, capsys):
    def spoil(content: dict) -> None:
        first, second, *_ = content['annotations']
        first['bbox'] = [5000, 1, 9, 9]
        second['area'] = 'large'

    change(folder, spoil)
    call = ['check-data', str(folder / ANN_FILE), '--images']
    assert main([*call, str(folder / 'val2017')]) == 1
    lines = capsys.readouterr().out.splitlines()
    kinds = [line.partition(':')[0] for line in lines[:-1]]
    assert kinds == sorted(kinds)
    assert lines[0].startswith("error: 1 faults of 'area' of annotations;")
    what = 'people are not trained on: their box has no area'
    assert any(what in line for line in lines)


def test_an_area_of_0_is_no_error_where_few_people_have_it(folder):
    # the AP loses their share at most
    change(folder, lambda content: content['annotations'][0].update(area=0))
    (line,) = check(folder)
    assert line.startswith("warning: 1 people: 'area' is 0, by which OKS")


def test_things_and_boxes_without_keypoints_are_no_people(folder):
    def add(content: dict) -> None:
        content['categories'].append(dict(id=2, name='car'))
        (image, *_), people = content['images'], content['annotations']
        more = dict(image_id=image['id'], bbox=[1, 2, 30, 40], area=1200)
        for number in range(3 * len(people)):
            car = dict(more, id=10**6 + number, category_id=2, iscrowd=0)
            people.append(car)
        people.append(dict(car, id=10**7, category_id=1, keypoints=[]))

    change(folder, add)
    assert check(folder, BOXES) == []


@pytest.mark.parametrize('encoding', ['utf-8-sig', 'utf-16'])
def test_a_byte_order_mark_at_which_mmpose_fails_is_an_error(folder, encoding):
    path = folder / ANN_FILE
    path.write_text(path.read_text(), encoding=encoding)
    (line,) = check(folder)
    assert 'val2017.json begins with a byte order mark' in line


def test_keypoints_that_nobody_has_are_a_warning(folder):
    def spoil(content: dict) -> None:
        for person in content['annotations']:
            person['keypoints'][3 * LEFT_KNEE : 3 * RIGHT_KNEE + 3] = [0] * 6

    change(folder, spoil)
    (line,) = check(folder)
    assert line.startswith('warning: 2 keypoints have no label')
    assert line.endswith('the first: left_knee')


# what happens to every entry of a list, and a part of the only line
@pytest.mark.parametrize(
    ('entries', 'spoil', 'expected'),
    [
        ('annotations', as_corners, "error: .* 'bbox' looks like the corners"),
        (
            'annotations',
            lambda entry: entry.update(area=0),
            "error: .* people: 'area' is 0",
        ),
        (
            'annotations',
            lambda entry: entry.update(area=entry['area'] * 1e3),
            "warning: .* 'area' is more than twice",
        ),
        (
            'annotations',
            lambda entry: entry.update(image_id=-1),
            "error: .* annotations have an 'image_id' that no valid",
        ),
        (
            'annotations',
            lambda entry: entry.update(id=7),
            r"error: 1 faults of 'id' .* annotation 7: \d+ entries have",
        ),
        (
            'annotations',
            lambda entry: entry.update(category_id=3),
            "error: .* 'category_id' is 3, but the categories have",
        ),
        (
            'annotations',
            lambda entry: entry.update(keypoints=[0] * 51, num_keypoints=0),
            'error: 1 .* no labelled keypoint in',
        ),
        (
            'annotations',
            lambda entry: exchange(entry, LEFT_KNEE, RIGHT_KNEE),
            "warning: .* 'left_knee' and 'right_knee' lie contrary",
        ),
        (
            'annotations',
            lambda entry: [exchange(entry, i, i + 1) for i in range(1, 17, 2)],
            "warning: .* 'left_eye' is left of 'right_eye'",
        ),
        (
            'images',
            lambda entry: entry.update(file_name='x' + entry['file_name']),
            'error: 60 images are missing; the first: .*/val2017/x',
        ),
        (
            'images',
            lambda entry: entry.update(width=entry['width'] + 1),
            r'error: 60 images have another size.* has \d+ x \d+, not',
        ),
        (
            'categories',
            lambda entry: entry.update(keypoints=[]),
            'warning: 1 file names no keypoints',
        ),
    ],
)
def test_a_mistake_of_all_entries_is_one_line(
    folder, entries, spoil, expected
):
    def spoil_all(content: dict) -> None:
        for entry in content[entries]:
            spoil(entry)

    change(folder, spoil_all)
    (line,) = check(folder)
    assert re.match(expected, line), line


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-500])


def turn(path: Path) -> None:
    """Say in EXIF that the image lies on its side."""
    with Image.open(path) as image:
        exif = image.getexif()
        exif[ExifTags.Base.Orientation] = 6
        image.save(path, exif=exif)


def write_as(kind: str, path: Path) -> None:
    """Write the image in a format that PIL reads."""
    with Image.open(path) as image:
        image.save(path, kind)


def cut_bmp(path: Path) -> None:
    write_as('BMP', path)
    cut(path)


def put_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def put_loop(path: Path) -> None:
    path.unlink()
    path.symlink_to(path.name)


@pytest.mark.parametrize(
    ('spoil', 'expected'),
    [
        (Path.unlink, 'error: 1 images are missing; the first: '),
        (cut, 'error: 1 images are cut off; the first: '),
        (
            lambda path: path.write_text('no image'),
            'error: 1 images cannot be read; the first: ',
        ),
        (lambda path: path.write_bytes(b''), 'error: 1 images cannot be read'),
        (turn, 'error: 1 images have another size than'),
        # OpenCV, with which MMPose reads, knows no PCX
        (partial(write_as, 'PCX'), 'error: 1 images cannot be read'),
        (cut_bmp, 'error: 1 images cannot be read'),
        (put_folder, 'error: 1 images are missing'),
        (put_loop, 'error: 1 images cannot be read'),
    ],
)
def test_an_image_that_training_cannot_use_is_named(folder, spoil, expected):
    path = sorted((folder / 'val2017').iterdir())[3]
    spoil(path)
    (line,) = check(folder)
    assert line.startswith(expected)
    assert path.name in line


def test_what_a_phone_writes_behind_a_jpeg_does_not_cut_it_off(folder):
    path = sorted((folder / 'val2017').iterdir())[3]
    path.write_bytes(path.read_bytes() + bytes(10_000))
    assert check(folder) == []
    path.write_bytes(path.read_bytes()[:-10_500] + bytes(10_000))
    (line,) = check(folder)
    assert line.startswith('error: 1 images are cut off')


def test_an_image_is_as_large_as_mmpose_reads_it(folder):
    path = sorted((folder / 'val2017').iterdir())[3]
    turn(path)
    height, width = cv2.imread(str(path)).shape[:2]

    def resize(content: dict) -> None:
        for image in content['images']:
            if image['file_name'] == path.name:
                image.update(width=width, height=height)

    change(folder, resize)
    assert not any('another size' in line for line in check(folder))


@pytest.mark.parametrize(
    ('spoil', 'expected'),
    [
        (as_corners, "error: .* detections: 'bbox' looks like the corners"),
        (
            lambda entry: entry.update(image_id=-entry['image_id']),
            "error: .*'image_id' of detections; .*Are the boxes of another",
        ),
        (
            lambda entry: entry.update(bbox=[1, 1, 9, 9]),
            'error: .* have no detection with an IoU of 0.5: are the boxes',
        ),
        (
            lambda entry: entry.update(category_id=2),
            "error: .* detections are left out: their 'category_id' is not 1",
        ),
        (
            lambda entry: entry.update(score=None),
            "error: .* faults of 'score' of detections",
        ),
    ],
)
def test_boxes_of_another_kind_or_data_set_are_errors(folder, spoil, expected):
    def spoil_all(detections: list) -> None:
        for detection in detections:
            spoil(detection)

    change(folder, spoil_all, BOXES)
    assert any(re.match(expected, line) for line in check(folder, BOXES))


@pytest.mark.parametrize('image', [7, 'id', {'id': [7]}])
def test_boxes_are_checked_beside_images_that_are_none(folder, image):
    change(folder, lambda content: content['images'].append(image))
    lines = check(folder, BOXES)
    assert re.match('error: 1 faults of .* of images', lines[0])
    assert all(' of images; ' in line for line in lines)


def test_an_id_of_a_detection_may_be_anything(folder):
    change(folder, lambda boxes: [b | dict(id=[b]) for b in boxes], BOXES)
    assert check(folder, BOXES) == []


def test_a_file_without_a_box_is_an_error(folder):
    (folder / BOXES).write_text('[]')
    (line,) = check(folder, BOXES)
    assert 'the file has [] instead of a list of detections, [{' in line


def test_other_numbers_of_keypoints_are_found_without_names(folder):
    def spoil(content: dict) -> None:
        for category in content['categories']:
            del category['keypoints']
        content['annotations'][5]['keypoints'] *= 2

    change(folder, spoil)
    content = json.loads((folder / ANN_FILE).read_text())
    number = content['annotations'][5]['id']
    error, warning = check(folder)
    assert "'keypoints' is not as long as in most (51 values)" in error
    assert error.endswith(f'annotation {number}')
    assert 'names no keypoints' in warning


@pytest.mark.parametrize(
    ('text', 'expected'),
    [
        ('', 'error: 1 file is damaged; .*no JSON file'),
        ('{"images": [{"id"', 'error: 1 file is damaged; .*no JSON file'),
        ('[]', "error: 1 faults of 'images' of files; .*no 'images'"),
    ],
)
def test_a_file_that_is_not_in_coco_s_format_is_one_error(
    folder, text, expected
):
    (folder / ANN_FILE).write_text(text)
    assert re.match(expected, check(folder)[0])


@pytest.mark.skipif(
    'COCO_MINI' not in os.environ,
    reason='no small piece of COCO: set COCO_MINI to its folder',
)
@pytest.mark.parametrize('split', ['train2017', 'val2017'])
def test_photographs_have_no_error(split):
    root = Path(os.environ['COCO_MINI'])
    path = root / f'annotations/person_keypoints_{split}.json'
    assert not any(
        finding.is_error for finding in check_data(path, root / split)
    )
