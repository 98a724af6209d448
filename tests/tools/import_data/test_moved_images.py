"""Images that were moved are found below --images, each its own."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

pytest.importorskip('sleap_io', reason='sleap-io is not installed')

import labels as made
import sleap_io
from test_import_data import check_poses, save_labelstudio, save_slp

from mlpe_mmpose.tools.import_data.import_data import import_data


@pytest.fixture
def two_cages() -> list[str]:
    """Two folders, whose images have the same names."""
    return ['Käfig 1', 'Käfig 2/oben']


@pytest.fixture
def labels(tmp_path: Path, two_cages: list[str]) -> sleap_io.Labels:
    """Labels of images that each are a video, as of different sizes."""
    skeleton, frames, number = made.make_skeleton(), [], 0
    for cage in two_cages:
        numbers = range(number, number + 3)
        paths = made.make_images(tmp_path / 'in' / cage, numbers)
        for index, path in enumerate(paths):
            # the same name in each folder
            path = Path(path).rename(Path(path).with_name(f'{index}.png'))
            pose = sleap_io.Instance.from_numpy(made.pose_of(number), skeleton)
            video = sleap_io.Video.from_filename([str(path)])
            frames.append(sleap_io.LabeledFrame(video, 0, [pose]))
            number += 1
    return sleap_io.Labels(frames)


@pytest.mark.parametrize('save', [save_slp, save_labelstudio])
def test_images_of_equal_names_are_found_by_their_folders(
    labels, tmp_path, save
):
    source = save(labels, tmp_path)
    (tmp_path / 'in').rename(tmp_path / 'moved')
    import_data(source, tmp_path / 'out', tmp_path / 'moved', val=0.5)
    check_poses(tmp_path / 'out', 6)


def test_one_image_is_not_taken_for_two(labels, tmp_path, two_cages):
    source = save_slp(labels, tmp_path)
    flat = tmp_path / 'in' / two_cages[0]
    flat.rename(tmp_path / 'flat')
    (tmp_path / 'in').rename(tmp_path / 'elsewhere')
    with pytest.raises(ValueError, match=r'Käfig 2/oben/0\.png would both be'):
        import_data(source, tmp_path / 'out', tmp_path / 'flat')
    assert not (tmp_path / 'out').exists()


def test_what_is_not_below_the_folder_is_named(labels, tmp_path):
    source = save_labelstudio(labels, tmp_path)
    (tmp_path / 'in').rename(tmp_path / 'moved')
    with pytest.raises(FileNotFoundError, match=r'0\.png .*the end of it'):
        import_data(source, tmp_path / 'out', tmp_path / 'none')


def save_coco(folder: Path, names: list[str]) -> Path:
    """A COCO file; in each image the keypoint is elsewhere."""
    images = [
        dict(id=number, file_name=name, width=64, height=48)
        for number, name in enumerate(names)
    ]
    annotations = [
        dict(id=number, image_id=number, category_id=1, iscrowd=0)
        | dict(bbox=[1, 2, 30, 40], keypoints=[5 + number, 6, 2])
        for number in range(len(names))
    ]
    category = dict(id=1, name='mouse', keypoints=['nose'])
    content = dict(
        images=images, annotations=annotations, categories=[category]
    )
    (folder / 'a.json').write_text(json.dumps(content))
    return folder / 'a.json'


def imported(source: Path, images: Path | None) -> tuple[list[int], list]:
    """Import; the numbers of the images that arrived, and the notes."""
    notes = []
    out = source.parent / 'out'
    import_data(source, out, images, val=0, say=notes.append)
    content = json.loads((out / 'train.json').read_text())
    files = {i['id']: i['file_name'] for i in content['images']}
    pixels = [
        cv2.imread(str(out / 'images' / files[a['image_id']])).mean()
        for a in content['annotations']
    ]
    xs = [int(a['keypoints'][0]) - 5 for a in content['annotations']]
    return list(zip(xs, np.round(pixels).tolist(), strict=True)), notes


@pytest.mark.parametrize('named', [True, False])
def test_coco_labels_do_not_go_to_other_images_of_the_same_name(
    tmp_path, named
):
    for level, path in ((40, 'b/1.png'), (80, 'b/2.png'), (120, 'c/3.png')):
        path = tmp_path / 'all' / path
        path.parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(path), np.full((48, 64, 3), level, np.uint8))
    # the folder a is missing; 3.png is named without its folder
    names = ['a/1.png', 'b/1.png', 'a/2.png', 'b/2.png', '3.png']
    folder = tmp_path if named else tmp_path / 'all'
    source = save_coco(folder, names)
    found, notes = imported(source, tmp_path / 'all' if named else None)
    assert found == [(1, 40), (3, 80), (4, 120)]
    (note,) = [note for note in notes if 'not found' in note]
    assert '2 of 5 images' in note
    assert "as 'a/1.png'" in note


def write_images(folder: Path, *files: str) -> None:
    """Write images of the levels 40, 80..."""
    for number, file in enumerate(files, 1):
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        image = np.full((48, 64, 3), 40 * number, np.uint8)
        cv2.imwrite(str(path), image)


@pytest.mark.parametrize(
    ('names', 'files', 'levels'),
    [
        # folders of images beside the file
        (
            ['frames/1.png', '/old/frames/2.png'],
            ['images/1.png', 'data/images/2.png'],
            [40, 80],
        ),
        # the whole name comes before its end
        (
            ['a/1.png', './a/2.png'],
            ['x/a/1.png', 'x/a/2.png', '1.png'],
            [40, 80],
        ),
        (['C:\\a\\1.png', 'a\\2.png'], ['a/1.png', 'a/2.png'], [40, 80]),
        (['./1.png', '1.png'], ['1.png'], [40, 40]),
    ],
)
def test_an_image_is_found_by_its_name_or_the_end_of_it(
    tmp_path, names, files, levels
):
    write_images(tmp_path, *files)
    # neither a folder nor a broken link of the name is an image
    (tmp_path / 'y/a/1.png').mkdir(parents=True)
    (tmp_path / 'y/a/2.png').symlink_to('nowhere')
    found, notes = imported(save_coco(tmp_path, names), None)
    assert [level for _, level in found] == levels
    assert not [note for note in notes if 'not found' in note]


def test_a_name_that_two_images_have_is_refused(tmp_path):
    write_images(tmp_path, 'train/1.png', 'small/1.png')
    source = save_coco(tmp_path, ['1.png'])
    message = r'^1\.png may be .*small/1\.png or .*train/1\.png\. Name the f'
    with pytest.raises(ValueError, match=message):
        import_data(source, tmp_path / 'out')


def test_one_image_of_a_coco_file_is_not_taken_for_two(tmp_path):
    (tmp_path / 'all').mkdir()
    cv2.imwrite(str(tmp_path / 'all/1.png'), np.zeros((48, 64, 3), np.uint8))
    source = save_coco(tmp_path, ['a/1.png', 'b/1.png'])
    with pytest.raises(ValueError, match=r'^a/1\.png and b/1\.png would both'):
        import_data(source, tmp_path / 'out', tmp_path / 'all')
