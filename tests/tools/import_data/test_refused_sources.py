"""Labels that cannot be trained on are refused before anything is written."""

from pathlib import Path

import pytest

pytest.importorskip('sleap_io', reason='sleap-io is not installed')

import labels as made
import sleap_io
from PIL import ExifTags, Image

from mlpe_mmpose.tools import ExitCode, main
from mlpe_mmpose.tools.import_data.import_data import import_data


@pytest.fixture
def labels(tmp_path: Path) -> sleap_io.Labels:
    return made.make_labels([made.make_images(tmp_path / 'images', range(3))])


def save(labels: sleap_io.Labels, folder: Path) -> Path:
    sleap_io.save_slp(labels, str(folder / 'a.slp'), embed=False)
    return folder / 'a.slp'


def check_refused(source: Path, match: str, **kwargs: object) -> None:
    out = source.parent / 'out'
    with pytest.raises(ValueError, match=match):
        import_data(source, out, **kwargs)
    left = [path.name for path in source.parent.iterdir()]
    assert not [name for name in left if 'out' in name or 'import' in name]


def test_a_table_with_depth(tmp_path):
    source = tmp_path / 'a_DLC_3D.csv'
    source.write_text(
        'scorer,me,me,me\nbodyparts,snout,snout,snout\ncoords,x,y,z\n0,1,2,3\n'
    )
    check_refused(source, r'a_DLC_3D\.csv has poses in 3D .*each camera')


def test_a_recording_of_several_cameras(labels, tmp_path):
    cameras = sleap_io.CameraGroup([sleap_io.Camera(name='left')])
    labels.sessions.append(sleap_io.RecordingSession(cameras))
    check_refused(save(labels, tmp_path), 'several calibrated cameras')


def test_frames_that_nobody_has_labelled(labels, tmp_path):
    for frame in labels:
        (pose,) = frame.instances
        frame.instances = [
            sleap_io.PredictedInstance.from_numpy(pose.numpy(), pose.skeleton)
        ]
    source = save(labels, tmp_path)
    check_refused(source, 'no labelled frame, only 3 predicted poses')


def test_animals_with_different_keypoints(labels, tmp_path):
    other = sleap_io.Skeleton(['hoof'], name='horse')
    pose = sleap_io.Instance.from_numpy([[1.0, 2.0]], other)
    labels[0].instances.append(pose)
    labels.update()
    check_refused(save(labels, tmp_path), r"keypoints: \['hoof'\] and \['left")


def test_a_file_that_is_none(tmp_path):
    source = tmp_path / 'a.slp'
    source.write_text('nothing')
    check_refused(source, 'sleap-io cannot read .*a.slp')


def test_a_video_without_labels(tmp_path):
    source = tmp_path / 'a.mp4'
    source.write_bytes(b'')
    check_refused(source, r'sleap-io cannot read .*a\.mp4')


def test_an_image_that_is_none(labels, tmp_path):
    (tmp_path / 'images/img001.png').write_text('no image')
    check_refused(save(labels, tmp_path), r'img001\.png is no image')


def test_an_image_that_training_cannot_read(labels, tmp_path):
    path = tmp_path / 'images/img001.png'
    with Image.open(path) as image:
        image.convert('F').save(path, 'TIFF')  # 32 bits
    check_refused(save(labels, tmp_path), 'no image .* TIFF file, 8 or 16')


def test_an_image_that_some_tools_turn(labels, tmp_path):
    path = tmp_path / 'images/img001.png'
    with Image.open(path) as image:
        exif = image.getexif()
        exif[ExifTags.Base.Orientation] = 6
        image.save(path, exif=exif)
    check_refused(save(labels, tmp_path), r'img001\.png has an EXIF tag')


@pytest.mark.parametrize('val', [-0.1, 1, float('nan')])
def test_a_part_that_is_none(labels, tmp_path, val):
    check_refused(save(labels, tmp_path), 'val of at least 0', val=val)


def test_a_folder_that_has_files(labels, tmp_path, capsys):
    source, out = save(labels, tmp_path), tmp_path / 'images'
    status = main(['import-data', str(source), str(out)])
    assert status == ExitCode.WRONG_CALL
    assert f'import-data: {out} exists.' in capsys.readouterr().err


def test_the_folder_of_the_call(labels, tmp_path, capsys, monkeypatch):
    (tmp_path / 'here').mkdir()
    monkeypatch.chdir(tmp_path / 'here')
    call = ['import-data', str(save(labels, tmp_path)), '.']
    assert main(call) == ExitCode.WRONG_CALL
    assert 'import-data: . exists. Name a new' in capsys.readouterr().err


def test_a_source_that_is_not_there(tmp_path, capsys):
    call = ['import-data', str(tmp_path / 'none'), str(tmp_path / 'out')]
    assert main(call) == ExitCode.WRONG_CALL
    assert 'none does not exist' in capsys.readouterr().err
