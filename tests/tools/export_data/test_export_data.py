"""Predictions open in other tools, with their images and identities."""

import json

import numpy as np
import pytest

pytest.importorskip('sleap_io', reason='sleap-io is not installed')

import pynwb
import sleap_io
from predictions import NAMES, export, make_pose, read_poses, write

from mlpe_mmpose.tools import ExitCode, main
from mlpe_mmpose.tools.import_data.import_data import import_data


@pytest.mark.parametrize(
    ('name', 'format'),
    [
        ('a.slp', None),
        ('a.json', 'labelstudio'),
        ('a.json', 'coco'),
        ('a', 'ultralytics'),
        ('a', 'dlc'),
    ],
)
@pytest.mark.parametrize('min_score', [0, 0.5])
def test_every_pose_is_read_back_on_its_image(folder, name, format, min_score):
    path = export(folder, name, format=format, min_score=min_score)
    if format == 'dlc':
        (path,) = path.glob('labeled-data/*/CollectedData_mlpe.csv')
    labels = sleap_io.load_file(path)
    poses = read_poses(labels)
    assert sorted(poses) == [1, 3, 4]
    for number, pose in poses.items():
        np.testing.assert_allclose(pose['snout'], [number + 5, 10], atol=1e-3)
        np.testing.assert_allclose(pose['tail'], [number + 9, 30], atol=1e-3)
        ear = pose.get('ear', np.full(2, np.nan))
        if min_score:
            assert np.isnan(ear).all()
        else:
            np.testing.assert_allclose(ear, [number + 20, 12], atol=1e-3)
    if format is None:
        pose = labels[0].instances[0]
        scores = pose.points['score'][~np.isnan(pose.numpy()[:, 0])]
        expected = [0.9, 0.7] if min_score else [0.9, 0.2, 0.7]
        np.testing.assert_allclose(np.sort(scores), np.sort(expected))


def test_times_of_nwb_are_the_numbers_of_the_images(folder):
    # sleap-io 0.9.5 reads such a file with other numbers, so pynwb reads it
    first = [make_pose(number, track_id=0) for number in (4, 1, 3)]
    write(folder, [*first, make_pose(3, track_id=1)])
    path = export(folder, 'a.nwb')
    with pynwb.NWBHDF5IO(str(path), 'r') as file:
        videos = file.read().processing['SLEAP_VIDEO_000_day']
        for name, numbers in (('track0', [1, 3, 4]), ('track1', [3])):
            poses = videos[f'track={name}']
            assert list(poses.original_videos) == [str(folder / 'images/day')]
            snout = poses['snout']
            assert list(snout.timestamps) == numbers
            assert snout.data[:, 0].tolist() == [n + 5 for n in numbers]
            assert list(snout.confidence) == [0.9] * len(numbers)


def test_what_is_exported_as_labels_is_imported_again(folder):
    export(folder, 'dlc', format='dlc')
    table = folder / 'out/dlc/labeled-data/00_day/CollectedData_mlpe.csv'
    paths = import_data(table, folder / 'again', val=0, say=lambda _: None)
    content = json.loads(paths['train'].read_text())
    assert len(content['annotations']) == 3


@pytest.mark.parametrize('format', ['slp', 'dlc'])
def test_identities_keep_animals_apart(folder, format):
    first = [make_pose(number, track_id=7) for number in (1, 3)]
    second = [make_pose(number, track_id=2) for number in (1, 3)]
    for pose in second:
        pose['keypoints'][1::3] = [40, 41, 42]
    write(folder, first + second)
    path = export(folder, 'a.' + format, format=format)
    if format == 'dlc':
        (path,) = path.glob('labeled-data/*/CollectedData_mlpe.csv')
    labels = sleap_io.load_file(path)
    assert len(labels.tracks) == 2
    for frame in labels:
        lows = {p.track: p.numpy()[:, 1].min() for p in frame.instances}
        assert sorted(lows.values()) == [10, 40]
    # one animal keeps its identity over the images
    for track in labels.tracks:
        values = {
            pose.numpy()[:, 1].min()
            for frame in labels
            for pose in frame.instances
            if pose.track is track
        }
        assert len(values) == 1


@pytest.mark.parametrize('format', ['nwb', 'dlc'])
def test_several_animals_without_identities_are_refused_where_it_matters(
    folder, format
):
    write(folder, [make_pose(1), make_pose(1)])
    with pytest.raises(ValueError, match=r'frame1\.png has 2 poses.*track_id'):
        export(folder, 'a', format=format)
    assert not (folder / 'out').exists()
    export(folder, 'a.slp')


@pytest.mark.parametrize(
    ('poses', 'message'),
    [
        ([], 'results.json needs to be a list of detections'),
        ([make_pose(7)], "position 0 .* 'image_id' is 107, which is none"),
        ([dict(make_pose(1), keypoints=[1, 2])], '2 values instead of 9'),
        (
            [make_pose(1), dict(make_pose(1), keypoints=[float('nan')] * 9)],
            'position 1 .* a list of finite numbers',
        ),
        ([dict(image_id=101)], "position 0 .* 'category_id' is missing"),
    ],
)
def test_results_that_do_not_fit_are_named(folder, poses, message):
    write(folder, poses)
    with pytest.raises(ValueError, match=message):
        export(folder, 'a.slp')
    assert not (folder / 'out').exists()


@pytest.mark.parametrize(
    ('spoil', 'message'),
    [
        (dict(categories=['mouse']), "no 'keypoints'"),
        (
            dict(categories=[dict(keypoints=NAMES, skeleton=[[1, 4]])]),
            r'\[1, 4\] in a .skeleton',
        ),
        (dict(categories=1), "no 'categories'"),
        (dict(images=1), "no 'images'"),
        (dict(images=[dict(id=100)]), "image 100: 'file_name' is missing"),
    ],
)
def test_annotations_that_do_not_fit_are_named(folder, spoil, message):
    content = json.loads((folder / 'ann.json').read_text())
    (folder / 'ann.json').write_text(json.dumps(content | spoil))
    with pytest.raises(ValueError, match=rf'ann\.json, .*{message}'):
        export(folder, 'out.slp')
    assert not (folder / 'out.slp').exists()


def test_the_command_line_says_what_is_missing(folder, capsys):
    call = ['export-data', str(folder / 'results.json')]
    call += [str(folder / 'ann.json'), str(folder / 'a.txt')]
    assert main([*call, '--images', str(folder)]) == ExitCode.WRONG_CALL
    assert 'format=None for a.txt. Give one with' in capsys.readouterr().err
    call[-1] = str(folder / 'a.slp')
    assert main([*call, '--images', str(folder)]) == ExitCode.WRONG_CALL
    assert 'ann.json: 5 of 5 images are missing' in capsys.readouterr().err
    assert main([*call, '--images', str(folder / 'images')]) == ExitCode.DONE
    assert '3 poses in 3 images are written' in capsys.readouterr().out
    assert main([*call, '--images', str(folder)]) == ExitCode.WRONG_CALL
    assert 'a.slp exists' in capsys.readouterr().err
