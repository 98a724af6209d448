"""Crops keep every label at its place, and the archives stay small."""

import json
import tarfile
from pathlib import Path

import numpy as np
import pack_crops
import pytest

from mlpe_mmpose.tools.compare.dataset import read_dataset
from mlpe_mmpose.tools.synth.generator import generate_dataset

PARTS = dict(
    train=dict(ann_file='train.json', img='train/'),
    val=dict(ann_file='val.json', img='val/'),
)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A few images of several people, in the layout of the suite."""
    root = tmp_path / 'data'
    generate_dataset(root, 4, 2, seed=0)
    for split in ('train', 'val'):
        (root / split).symlink_to(root / f'{split}2017')
        file = root / f'annotations/person_keypoints_{split}2017.json'
        (root / f'{split}.json').symlink_to(file)
    return root


def labels_of(path: Path) -> list[int]:
    """How many keypoints of each labelled person have a label, sorted."""
    people = json.loads(path.read_text())['annotations']
    counts = [sum(v > 0 for v in p['keypoints'][2::3]) for p in people]
    return sorted(filter(None, counts))


def test_two_archives_unpack_into_a_data_set_with_all_labels(data, tmp_path):
    pack_crops.main([str(data), str(tmp_path / 'packed')])
    out = tmp_path / 'crops'
    for number in (1, 2):
        with tarfile.open(tmp_path / f'packed/crops_{number}.tar.gz') as file:
            assert any(n.endswith('.webp') for n in file.getnames())
            file.extractall(out, filter='data')
    read_dataset(out, PARTS).check()
    for split in ('train', 'val'):
        found = out / f'{split}.json'
        assert labels_of(found) == labels_of(data / f'{split}.json')
        content = json.loads(found.read_text())
        sizes = {i['id']: (i['width'], i['height']) for i in content['images']}
        for person in content['annotations']:
            points = np.array(person['keypoints']).reshape(-1, 3)
            places = points[points[:, 2] > 0, :2]
            assert (places >= -0.5).all()
            assert (places <= sizes[person['image_id']]).all()


@pytest.mark.parametrize('longest', [1000, 60])
def test_a_keypoint_stays_on_its_pixel(longest):
    # the colour of a pixel is its place
    y, x = np.mgrid[:200, :240].astype(np.uint8)
    image = np.stack([x, y, x], axis=-1)
    random = np.random.default_rng(0)
    # one of them far outside of the box
    places = np.array([[230, 190], *random.integers(60, 140, (13, 2))])
    flags = np.array([2, *random.integers(0, 3, 13)])
    keypoints = np.column_stack([places, flags]) * (flags > 0)[:, None]
    person = dict(
        bbox=[60, 60, 80, 80], area=3200, keypoints=keypoints.ravel().tolist()
    )
    crop, moved = pack_crops.crop_person(image, person, 1.5, longest)
    assert max(crop.shape) == min(longest, 191)
    scale = max(crop.shape) / 191
    found = np.array(moved['keypoints']).reshape(-1, 3)
    assert (found[:, 2] == flags).all()
    for (px, py, flag), place in zip(found, places, strict=True):
        if flag:
            colour = crop[round(py), round(px), :2].astype(int)
            # a pixel of the crop is the mean of 1 / scale pixels
            assert np.abs(colour - place).max() <= 0.5 + 0.5 / scale
        else:
            assert (px, py) == (0, 0)
    assert moved['bbox'][2] == pytest.approx(80 * scale, rel=0.02)
    assert moved['area'] == pytest.approx(3200 * scale**2, rel=0.04)


def test_archives_that_are_too_large_are_refused_and_removed(data, tmp_path):
    out = tmp_path / 'packed'
    with pytest.raises(ValueError, match=r'MB, and may have 0\.001 MB\. Give'):
        pack_crops.main([str(data), str(out), '--limit', '0.001'])
    assert list(out.iterdir()) == []


def test_a_missing_image_is_named(data, tmp_path):
    path = next(data.glob('train2017/*'))
    path.unlink()
    with pytest.raises(OSError, match=f'train/{path.name} is missing'):
        pack_crops.main([str(data), str(tmp_path / 'packed')])
