"""Files, and names of files, that OpenCV and Ray do not take."""

import os
import shutil
from pathlib import Path

import cv2
import pytest
from PIL import Image

from mlpe_mmpose.apis import People, PoseModel, predict_files, predict_with_ray

# a Latin-1 name, as old archives have them
LATIN_1 = os.fsdecode('Mühle'.encode('latin-1'))
PEOPLE = People(whole_image=True)


@pytest.fixture
def model(small_mlpe) -> PoseModel:
    return PoseModel(model=str(small_mlpe.config.with_name('pose.onnx')))


def test_an_image_of_a_name_that_is_not_utf_8_has_a_picture(
    model, folder, tmp_path
):
    image = folder / '000000000007.png'
    image = image.rename(image.with_name(f'{LATIN_1}.png'))
    out = tmp_path / 'out'
    assert predict_files(str(image), out, model, PEOPLE).images == 1
    picture = (out / 'skeletons' / image.name).read_bytes()
    assert picture.startswith(b'\x89PNG')


def test_an_image_too_small_for_its_kind_has_a_picture(
    model, folder, tmp_path
):
    image = folder / '1.jp2'
    Image.new('RGB', (20, 20)).save(image, num_resolutions=1)
    out = tmp_path / 'out'
    assert predict_files(str(image), out, model, PEOPLE).images == 1
    assert cv2.imread(str(out / 'skeletons/1.jp2.png')).shape == (20, 20, 3)


def test_a_video_of_a_name_that_is_not_utf_8_is_refused(
    model, video, tmp_path
):
    clip = shutil.copy(video, tmp_path / f'{LATIN_1}.mp4')
    with pytest.raises(ValueError, match='name is not UTF-8'):
        predict_files(str(clip), tmp_path / 'out', model, PEOPLE)
    assert not (tmp_path / 'out').exists()


def test_a_time_may_be_the_name_of_a_video(
    model, video, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    shutil.copy(video, '12:30.mp4')
    assert predict_files('12:30.mp4', '.', model, PEOPLE).images == 12
    written = cv2.VideoCapture(str(tmp_path / '12:30_skeletons.mp4'))
    assert written.get(cv2.CAP_PROP_FRAME_COUNT) == 12


@pytest.mark.parametrize('suffix', ['.MTS', '.3gp'])
def test_the_videos_of_camcorders_and_phones_are_videos(
    model, video, tmp_path, suffix
):
    clip = shutil.copy(video, tmp_path / f'clip{suffix}')
    summary = predict_files(str(clip), tmp_path, model, PEOPLE)
    assert (summary.images, summary.unreadable) == (12, [])
    assert (tmp_path / 'clip_skeletons.mp4').exists()


@pytest.mark.parametrize('name', ['two\nlines.png', f'{LATIN_1}.png', 'd.png'])
def test_a_file_that_ray_does_not_take_is_named_before_it_starts(
    model, folder, tmp_path, name
):
    if name == 'd.png':
        Path(folder, name).symlink_to('nowhere.png')
    else:
        shutil.copy(folder / '000000000007.png', folder / name)
    out = tmp_path / 'out'
    with pytest.raises(FileNotFoundError) as error:
        predict_with_ray(str(folder), out, model, PEOPLE)
    assert f'{str(folder / name)!r} is none. --engine local' in str(
        error.value
    )
    assert not out.exists()
