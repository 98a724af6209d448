"""The photographs keep every label at its place, in CrowdPose's order."""

import json
from pathlib import Path

import convert_lspet
import cv2
import numpy as np
import pytest
import scipy.io
from mmengine.registry import init_default_scope
from mmpose.datasets import CocoDataset

NUMBER, SMALL, LARGE = 12, (360, 270), (1200, 900)
COLOURS = np.arange(17, 17 * 15, 17)  # grey, one for each keypoint


def place(index: int, size: tuple[int, int]) -> np.ndarray:
    """Keypoints (14, 2) of a person in the middle of an image."""
    random = np.random.default_rng(index)
    return random.uniform(0.2, 0.8, (14, 2)) * size


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    """Images with a grey disc at each keypoint, and their joints."""
    folder = tmp_path / 'raw'
    (folder / 'images').mkdir(parents=True)
    joints = np.zeros((14, 3, NUMBER))
    for index in range(NUMBER):
        size = LARGE if index == 1 else SMALL
        points = place(index, size)
        image = np.zeros((*size[::-1], 3), np.uint8)
        for point, colour in zip(points.round(), COLOURS, strict=True):
            center = tuple(map(int, point))
            cv2.circle(image, center, size[0] // 50, [int(colour)] * 3, -1)
        name = f'images/im{index + 1:05d}.jpg'
        cv2.imwrite(str(folder / name), image)
        joints[:, :2, index] = points
        joints[:, 2, index] = 1
    joints[5:, 2, 2] = 0  # five labels
    joints[0, :2, 3] = -5, 50  # labelled outside the image
    scipy.io.savemat(folder / 'joints.mat', dict(joints=joints))
    return folder


@pytest.fixture
def data(raw, tmp_path) -> Path:
    convert_lspet.convert(raw, tmp_path / 'data')
    return tmp_path / 'data'


def people_of(data: Path, split: str) -> dict[int, dict]:
    content = json.loads((data / f'{split}.json').read_text())
    return {person['id']: person for person in content['annotations']}


def test_every_tenth_image_validates_and_few_labels_are_left_out(data):
    assert list(people_of(data, 'val')) == [10]
    assert list(people_of(data, 'train')) == [1, 2, 4, 5, 6, 7, 8, 9, 11, 12]


def test_a_label_outside_the_image_is_none(data):
    person = people_of(data, 'train')[4]
    outside = convert_lspet.CROWDPOSE.index('right_ankle')
    assert person['keypoints'][3 * outside : 3 * outside + 3] == [0, 0, 0]
    assert person['num_keypoints'] == 13


@pytest.mark.parametrize('number', [2, 5])
def test_every_keypoint_stays_on_its_disc(data, number):
    person = people_of(data, 'train')[number]
    image = cv2.imread(str(data / f'train/{number:05d}.jpg'))
    assert max(image.shape) <= convert_lspet.LONGEST
    points = np.reshape(person['keypoints'], (14, 3))
    names = zip(convert_lspet.CROWDPOSE, points, strict=True)
    found = 0
    for name, (x, y, v) in names:
        assert v == 2
        colour = COLOURS[convert_lspet.LSP.index(name)]
        found += abs(int(image[int(y), int(x), 0]) - int(colour)) <= 8
    # a later disc may cover an earlier one
    assert found >= 11


def test_a_box_has_all_keypoints_and_mmpose_reads_the_files(data):
    init_default_scope('mmpose')
    dataset = CocoDataset(
        ann_file=str(data / 'train.json'),
        data_prefix=dict(img=str(data / 'train')),
        metainfo=dict(from_file='configs/_base_/datasets/crowdpose.py'),
    )
    assert len(dataset) == 10
    for sample in dataset:
        left, top, right, bottom = sample['bbox'][0]
        seen = sample['keypoints'][0][sample['keypoints_visible'][0] > 0]
        assert (seen >= [left, top]).all()
        assert (seen <= [right, bottom]).all()


def test_a_missing_image_is_named(raw, tmp_path):
    (raw / 'images/im00007.jpg').unlink()
    with pytest.raises(FileNotFoundError, match=r'im00007\.jpg is missing'):
        convert_lspet.convert(raw, tmp_path / 'out')
