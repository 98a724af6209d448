"""What other tools need of an export: sides, whole poses, unturned images."""

import json

import cv2
import numpy as np
import pytest

pytest.importorskip('sleap_io', reason='sleap-io is not installed')

import pynwb
import sleap_io
import yaml
from PIL import ExifTags, Image
from predictions import export, make_pose, read_poses, write


def test_images_of_several_sizes_in_a_folder_are_one_video_of_nwb(folder):
    content = json.loads((folder / 'ann.json').read_text())
    for number in (0, 3):
        image = content['images'][number]
        pixels = np.zeros((40, 80, 3), np.uint8)
        cv2.imwrite(str(folder / 'images' / image['file_name']), pixels)
        image |= dict(width=80, height=40)
    (folder / 'ann.json').write_text(json.dumps(content))
    path = export(folder, 'a.nwb')
    with pynwb.NWBHDF5IO(str(path), 'r') as file:
        processing = file.read().processing
        assert {*processing} == {'behavior', 'SLEAP_VIDEO_000_day'}
        (poses,) = processing['SLEAP_VIDEO_000_day'].data_interfaces.values()
        assert list(poses['snout'].timestamps) == [1, 3, 4]
        assert poses['snout'].data[:, 0].tolist() == [6, 8, 9]


@pytest.mark.parametrize('format', ['coco', 'labelstudio', 'slp'])
def test_a_pose_that_the_score_empties_is_left_out(folder, format):
    unsure = make_pose(2)
    unsure['keypoints'][2::3] = [0.4, 0.2, 0.1]
    write(folder, [make_pose(1), unsure])
    name = 'a.slp' if format == 'slp' else 'a.json'
    path = export(folder, name, format=format, min_score=0.5)
    assert [*read_poses(sleap_io.load_file(path))] == [1]
    if format == 'coco':
        content = json.loads(path.read_text())
        assert len(content['annotations']) == 1
    for high in (0.95, float('nan')):
        with pytest.raises(
            ValueError, match=r'results\.json has no keypoint with'
        ):
            export(folder, 'none', format=format, min_score=high)


def test_left_and_right_are_written_where_a_format_has_them(folder):
    content = json.loads((folder / 'ann.json').read_text())
    content['categories'][0]['keypoints'] = ['left_ear', 'tail', 'right_ear']
    (folder / 'ann.json').write_text(json.dumps(content))
    path = export(folder, 'yolo', format='ultralytics')
    config = yaml.safe_load((path / 'data.yaml').read_text())
    assert config['flip_idx'] == [2, 1, 0]
    assert config['kpt_shape'] == [3, 3]
    labels = sleap_io.load_file(export(folder, 'a.slp'))
    (pair,) = labels.skeleton.symmetry_names
    assert {*pair} == {'left_ear', 'right_ear'}


def test_a_table_of_deeplabcut_names_the_images_beside_it(folder):
    path = export(folder, 'dlc', format='dlc')
    (table,) = path.glob('labeled-data/*/CollectedData_mlpe.csv')
    names = [line.split(',')[0] for line in table.read_text().splitlines()]
    assert len(names) == 6  # three lines of head, three images
    for name in names[3:]:
        assert (path / name).is_file(), name


def test_an_image_that_other_tools_show_unturned_is_refused(folder):
    path = folder / 'images/day/frame1.png'
    with Image.open(path) as image:
        exif = image.getexif()
        exif[ExifTags.Base.Orientation] = 6
        image.save(path, exif=exif)
    with pytest.raises(
        ValueError, match=r'frame1\.png has an EXIF tag .*mogr'
    ):
        export(folder, 'a.slp')
    assert not (folder / 'out').exists()


def test_ultralytics_takes_the_folder_wherever_it_is_called(folder):
    content = json.loads((folder / 'ann.json').read_text())
    content['categories'][0]['keypoints'] = ['left_ear', 'tail', 'right_ear']
    (folder / 'ann.json').write_text(json.dumps(content))
    inside, outside, beside = make_pose(1), make_pose(3), make_pose(4)
    outside['keypoints'][:2] = [-9, 70]
    beside['keypoints'][::3] = [70, 80, 90]
    write(folder, [inside, outside, beside])
    notes = []
    path = export(folder, 'yolo', format='ultralytics', say=notes.append)
    config = yaml.safe_load((path / 'data.yaml').read_text())
    # the rules of Ultralytics 8.4: both splits, a folder that no `path` moves
    # to where it is called, one name for a class, and labels in [0, 1]
    assert config['train'] == config['val'] == 'train/images'
    assert not config.get('path')
    assert config['names'] == {0: 'mouse'}
    assert config['kpt_names'] == {0: ['left_ear', 'tail', 'right_ear']}
    labels = sorted(path.glob('train/labels/*.txt'))
    assert len(labels) == len([*path.glob('train/images/*')]) == 2
    for label in labels:
        values = np.array(label.read_text().split(), float)[1:]
        points = values[4:].reshape(3, 3)
        assert min(values[:4].min(), points[:, :2].min()) >= 0
        assert max(values[:4].max(), points[:, :2].max()) <= 1
        assert set(points[:, 2]) <= {0, 2}
    assert points[0].tolist() == [0, 0, 0]
    assert '2 poses in 2 images' in notes[0]
    assert '`val` of data.yaml names the images of `train`' in notes[1]
