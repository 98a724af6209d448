"""Labels of other tools become COCO files with the same poses and images."""

import json
import os
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import pytest

pytest.importorskip('sleap_io', reason='sleap-io is not installed')

import labels as made
import sleap_io

from mlpe_mmpose.tools import main
from mlpe_mmpose.tools.import_data.import_data import import_data
from mlpe_mmpose.tools.init_dataset.init_dataset import init_dataset

OPENFIELD = Path(
    os.environ.get(
        'DLC_OPENFIELD', Path(__file__).parents[4] / 'shared/dlc_openfield'
    )
)


def read_back(folder: Path) -> dict[int, list[dict[str, tuple]]]:
    """Return poses, as name -> (x, y, flag), by the number in the image."""
    poses = {}
    for path in sorted(folder.glob('*.json')):
        content = json.loads(path.read_text())
        names = content['categories'][0]['keypoints']
        for image in content['images']:
            pixels = cv2.imread(str(folder / 'images' / image['file_name']))
            assert pixels.shape[:2] == (image['height'], image['width'])
            number = round((pixels.mean() - 10) / 20)
            found = poses.setdefault(number, [])
            for annotation in content['annotations']:
                if annotation['image_id'] == image['id']:
                    points = np.reshape(annotation['keypoints'], (-1, 3))
                    found.append(dict(zip(names, points, strict=True)))
    return poses


def check_poses(folder: Path, count: int, atol: float = 1e-3) -> None:
    """Every image has its own pose, with every keypoint under its name."""
    poses = read_back(folder)
    assert sorted(poses) == list(range(count))
    for number, found in poses.items():
        (pose,) = found
        expected = made.pose_of(number)
        for name, point in zip(made.NAMES, expected, strict=True):
            if np.isnan(point).any():
                assert pose[name].tolist() == [0, 0, 0]
            else:
                np.testing.assert_allclose(pose[name][:2], point, atol=atol)
                assert pose[name][2] == 2


@pytest.fixture
def one_folder(tmp_path: Path) -> sleap_io.Labels:
    return made.make_labels(
        [made.make_images(tmp_path / 'in/labeled-data/day', range(10))]
    )


def save_slp(labels, folder):
    sleap_io.save_slp(labels, str(folder / 'a.slp'), embed=False)
    return folder / 'a.slp'


def save_package(labels, folder):
    path = folder / 'a.pkg.slp'
    sleap_io.save_slp(labels, str(path), embed='user', verbose=False)
    return path


def save_labelstudio(labels, folder):
    sleap_io.save_labelstudio(labels, str(folder / 'a.json'))
    return folder / 'a.json'


def save_coco(labels, folder):
    sleap_io.save_coco(labels, str(folder / 'labeled-data/day/a.json'))
    return folder / 'labeled-data/day/a.json'


def save_dlc(labels, folder):
    return made.make_dlc_project(folder, labels)


def save_yolo(labels, folder):
    ratios = dict(train=0.8, val=0.2)
    out = folder / 'yolo'
    sleap_io.save_ultralytics(labels, str(out), ratios, verbose=False)
    return out


@pytest.mark.parametrize(
    'save',
    [save_slp, save_package, save_labelstudio, save_coco, save_dlc, save_yolo],
)
def test_poses_and_images_of_a_format_are_those_that_it_was_given(
    one_folder, tmp_path, save
):
    source = save(one_folder, tmp_path / 'in')
    paths = import_data(source, tmp_path / 'out', val=0.2, say=lambda _: None)
    # YOLO-pose has parts of the image with six digits
    check_poses(tmp_path / 'out', 10)
    val = json.loads(paths['val'].read_text())
    assert len(val['images']) == 2
    (category,) = val['categories']
    # which are in the order of the alphabet, the only one that is the same
    # in every import of Label Studio
    assert category['keypoints'] == made.NAMES


def label_videos(videos: dict[Path, range]) -> sleap_io.Labels:
    """Label every frame of videos, which a codec without loss keeps."""
    frames, skeleton = [], made.make_skeleton()
    for path, numbers in videos.items():
        path.parent.mkdir(exist_ok=True)
        code = cv2.VideoWriter_fourcc(*'FFV1')
        writer = cv2.VideoWriter(str(path), code, 10, made.SIZE)
        for number in numbers:
            writer.write(made.make_image(number))
        writer.release()
        video = sleap_io.Video.from_filename(str(path))
        for index, number in enumerate(numbers):
            pose = sleap_io.Instance.from_numpy(made.pose_of(number), skeleton)
            frames.append(sleap_io.LabeledFrame(video, index, [pose]))
    return sleap_io.Labels(frames)


@pytest.mark.parametrize('name', ['a.nwb', 'a.json', 'a.slp'])
def test_of_two_videos_the_frames_are_extracted_and_one_validates(
    tmp_path, name
):
    videos = {'a.avi': range(8), 'b.avi': range(8, 10)}
    labels = label_videos({tmp_path / n: f for n, f in videos.items()})
    source = tmp_path / name
    sleap_io.save_file(labels, str(source))
    notes = []
    paths = import_data(source, tmp_path / 'out', say=notes.append)
    check_poses(tmp_path / 'out', 10)
    val = json.loads(paths['val'].read_text())['images']
    assert [image['file_name'] for image in val] == [
        'b/000000.png',
        'b/000001.png',
    ]
    assert 'val.json: 2 frames, 2 poses, from 1 video' in notes


def test_videos_of_one_name_in_two_folders_are_two_videos(tmp_path):
    videos = {'day1/cam.avi': range(8), 'day2/cam.avi': range(8, 10)}
    labels = label_videos({tmp_path / n: f for n, f in videos.items()})
    sleap_io.save_file(labels, str(tmp_path / 'a.slp'))
    notes = []
    out = tmp_path / 'out'
    paths = import_data(tmp_path / 'a.slp', out, say=notes.append)
    check_poses(out, 10)
    assert 'train.json: 8 frames, 8 poses, from 1 video' in notes
    # all frames of the second day, and no other
    val = json.loads(paths['val'].read_text())['images']
    greys = [cv2.imread(str(out / 'images' / i['file_name'])) for i in val]
    numbers = [round((grey.mean() - 10) / 20) for grey in greys]
    assert numbers == [8, 9]


def test_init_dataset_takes_what_is_written(one_folder, tmp_path):
    source = save_slp(one_folder, tmp_path / 'in')
    notes = []
    out = tmp_path / 'out'
    paths = import_data(source, out, say=notes.append)
    assert 'note: leftear and rightear swap places in a mirror' in notes
    metainfo, _ = init_dataset(
        paths['train'],
        out / 'images',
        tmp_path / 'config',
        paths['val'],
        base='mlpe_tiny_synthetic.py',
        name='mouse',
        say=notes.append,
    )
    assert "swap='rightear'" in metainfo.read_text()
    assert f'{paths["val"]}: 1 of 1 annotations to validate on' in notes


def test_a_box_reaches_beyond_the_keypoints_and_stays_inside(
    one_folder, tmp_path
):
    source = save_slp(one_folder, tmp_path / 'in')
    paths = import_data(source, tmp_path / 'out', val=0, say=lambda _: None)
    (path,) = paths.values()
    for annotation in json.loads(path.read_text())['annotations']:
        points = np.reshape(annotation['keypoints'], (-1, 3))
        xy = points[points[:, 2] > 0, :2]
        left, top, width, height = annotation['bbox']
        # 16 pixels, more than a fifth of these small poses, or the border
        low = np.maximum(xy.min(0) - 16, 0)
        high = np.minimum(xy.max(0) + 16, made.SIZE)
        assert [left, top] == low.tolist()
        assert [left + width, top + height] == high.tolist()


def test_the_whole_image_is_the_box_where_it_is_asked_for(
    one_folder, tmp_path
):
    source = save_slp(one_folder, tmp_path / 'in')
    call = ['import-data', str(source), str(tmp_path / 'out')]
    assert main([*call, '--whole-image', '--val', '0']) == 0
    content = json.loads((tmp_path / 'out/train.json').read_text())
    boxes = [annotation['bbox'] for annotation in content['annotations']]
    assert boxes == [[0, 0, *made.SIZE]] * 10


def test_identities_hidden_and_lost_keypoints_are_kept_apart(
    one_folder, tmp_path
):
    tracks = [sleap_io.Track('a'), sleap_io.Track('b')]
    for frame in one_folder:
        (first,) = frame.instances
        points = made.pose_of(frame.frame_idx + 1)
        second = sleap_io.Instance.from_numpy(points, first.skeleton)
        # the tail is hidden, the snout outside of the image
        second.points['visible'][3] = False
        second.points['xy'][2] = [30, -1]
        first.track, second.track = tracks
        frame.instances.append(second)
    one_folder.update()
    source = save_slp(one_folder, tmp_path / 'in')
    notes = []
    import_data(source, tmp_path / 'out', val=0, say=notes.append)
    content = json.loads((tmp_path / 'out/train.json').read_text())
    assert len(content['annotations']) == 20
    ids = [annotation['track_id'] for annotation in content['annotations']]
    assert ids == [0, 1] * 10
    names = content['categories'][0]['keypoints']
    for number, annotation in enumerate(content['annotations'][1::2], 1):
        points = np.reshape(annotation['keypoints'], (-1, 3))
        assert points[names.index('tail'), 2] == (1 if number % 4 != 3 else 0)
        assert points[names.index('snout')].tolist() == [0, 0, 0]
    lost = 'note: 10 keypoints outside of their image count as not labelled'
    assert lost in notes


def test_videos_that_were_moved_are_found_by_their_names(one_folder, tmp_path):
    source = save_slp(one_folder, tmp_path / 'in')
    (tmp_path / 'in/labeled-data').rename(tmp_path / 'moved')
    with pytest.raises(FileNotFoundError, match=r'img000\.png .*--images'):
        import_data(source, tmp_path / 'out')
    assert not (tmp_path / 'out').exists()
    import_data(source, tmp_path / 'out', tmp_path / 'moved/day')
    check_poses(tmp_path / 'out', 10)


def test_one_missing_image_of_deeplabcut_is_no_shift_of_the_others(
    one_folder, tmp_path
):
    source = save_dlc(one_folder, tmp_path / 'in')
    (source / 'labeled-data/day/img004.png').unlink()
    with pytest.raises(FileNotFoundError, match='are missing'):
        import_data(source, tmp_path / 'out')


@pytest.mark.skipif(
    not OPENFIELD.is_dir(),
    reason="no project of DeepLabCut: set DLC_OPENFIELD to its example's "
    f'folder ({OPENFIELD} is missing)',
)
def test_the_open_field_is_imported_with_every_coordinate(tmp_path):
    import_data(OPENFIELD, tmp_path / 'out', val=0.05, say=lambda _: None)
    table = pd.read_csv(
        OPENFIELD / 'labeled-data/m4s1/CollectedData_Pranav.csv',
        header=[1, 2],
        index_col=0,
    )
    sizes, seen = {}, set()
    for split in ('train', 'val'):
        content = json.loads((tmp_path / f'out/{split}.json').read_text())
        sizes[split] = len(content['images'])
        (category,) = content['categories']
        files = {i['id']: i['file_name'] for i in content['images']}
        for annotation in content['annotations']:
            name = files[annotation['image_id']]
            seen.add(name)
            row = table.loc[f'labeled-data/{name}']
            points = np.reshape(annotation['keypoints'], (-1, 3))
            for part, point in zip(category['keypoints'], points, strict=True):
                expected = row[part].to_numpy()
                if point[2]:
                    np.testing.assert_allclose(point[:2], expected, atol=1e-3)
                else:
                    inside = (expected >= 0) & (expected <= (640, 480))
                    assert not inside.all()
    assert sizes == dict(train=110, val=6)
    assert len(seen) == 116


def test_a_name_with_control_characters_is_shown_escaped(tmp_path, capsys):
    labels = made.make_labels([made.make_images(tmp_path / 'day', range(3))])
    labels.skeleton.rename_node('leftear', 'left\x1b[2Jear')
    labels.skeleton.rename_node('rightear', 'right\x1b[2Jear')
    source = save_slp(labels, tmp_path)
    assert main(['import-data', str(source), str(tmp_path / 'out')]) in (0, 2)
    said = ''.join(capsys.readouterr())
    assert r'left\x1b[2Jear' in said
    assert said.replace('\n', '').isprintable()
