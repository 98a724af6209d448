"""What a user can name: images in every form, and videos."""

import json
import struct
from pathlib import Path

import cv2
import numpy as np
import pytest

from mlpe_mmpose.tools.predict.frames import Frame, Unreadable
from mlpe_mmpose.tools.predict.inputs import open_input


@pytest.fixture
def three(tmp_path: Path) -> list[Path]:
    """Images of different sizes in two folders."""
    paths = [tmp_path / name for name in ('a/x.png', 'a/y.jpg', 'b/x.png')]
    for size, path in enumerate(paths, start=20):
        path.parent.mkdir(exist_ok=True)
        cv2.imwrite(str(path), np.zeros((size, 30, 3), np.uint8))
    return paths


def heights(text: object) -> list[int]:
    return [frame.image.shape[0] for frame in open_input(str(text)).read()]


def test_every_form_of_images_is_read(three, tmp_path):
    listed = tmp_path / 'list.txt'
    listed.write_text(f'{three[2]}\n\n{three[0]}\n{three[2]}\n')
    assert heights(three[1]) == [21]
    assert heights(tmp_path / 'a') == [20, 21]
    assert heights(tmp_path / '*/x.png') == [20, 22]
    assert heights(tmp_path / '**/*.*') == [20, 21, 22]
    # the order of the list, and each image once
    assert heights(listed) == [22, 20]


def test_names_in_other_folders_have_no_dots(tmp_path, three, monkeypatch):
    # a picture of `../b/x.png` would be written beside its folder
    monkeypatch.chdir(tmp_path / 'a')
    Path('list.txt').write_text('../b/x.png\nx.png\n../a/x.png\n')
    frames = list(open_input('list.txt').read())
    assert [frame.name for frame in frames] == ['b/x.png', 'a/x.png']
    assert [frame.image.shape[0] for frame in frames] == [22, 20]


def test_a_list_of_windows_is_read(tmp_path, three):
    listed = tmp_path / 'list.txt'
    listed.write_bytes(f'\ufeff{three[2]}\r\n{three[0]}\r\n'.encode())
    assert heights(listed) == [22, 20]


def test_a_list_in_another_encoding_is_refused_by_its_name(tmp_path):
    listed = tmp_path / 'list.txt'
    listed.write_text('images/x.png\n', encoding='utf-16')
    with pytest.raises(ValueError, match=r'list\.txt.*is not UTF-8.*utf8'):
        open_input(str(listed))


def test_files_of_one_name_in_two_folders_keep_their_folders(tmp_path, three):
    source = open_input(str(tmp_path / '*/x.png'))
    assert [frame.name for frame in source.read()] == ['a/x.png', 'b/x.png']
    assert list(source.paths) == [1, 2]
    assert not source.ids_are_names


def test_ids_are_the_numbers_in_the_names(folder):
    source = open_input(str(folder))
    items = list(source.read())
    assert source.count == 4
    assert source.ids_are_names
    assert [type(item) for item in items] == [Frame, Frame, Unreadable, Frame]
    assert [i.image_id for i in items if isinstance(i, Frame)] == [7, 8, 11]
    assert items[2].name.endswith('000000000009.jpg')


def test_a_number_that_is_too_large_for_an_id_is_none(tmp_path):
    # a time with microseconds has 20 digits
    for name in ('20261127142433123456', '1'):
        cv2.imwrite(str(tmp_path / f'{name}.png'), np.zeros((9, 9, 3)))
    found = open_input(str(tmp_path))
    assert list(found.paths) == [1, 2]
    assert not found.ids_are_names


def test_a_folder_may_be_called_as_a_video(tmp_path):
    (tmp_path / 'clip.mp4').mkdir()
    cv2.imwrite(str(tmp_path / 'clip.mp4/1.png'), np.zeros((9, 9, 3)))
    assert heights(tmp_path / 'clip.mp4') == [9]


def test_annotations_give_the_images_their_ids(tmp_path, three):
    ann_file = tmp_path / 'ann.json'
    images = [dict(id=5, file_name='y.jpg'), dict(id=3, file_name='x.png')]
    ann_file.write_text(json.dumps(dict(images=images)))
    source = open_input(str(tmp_path / 'a'), str(ann_file))
    assert list(source.paths) == [3, 5]
    ann_file.write_text(json.dumps(dict(images=images[:1])))
    with pytest.raises(ValueError, match=r"ann\.json has no image.*'x\.png'"):
        open_input(str(tmp_path / 'a'), str(ann_file))


def test_names_with_folders_fit_whatever_folder_is_named(tmp_path, three):
    # as import-data writes them; the folder of all images is a or b
    ann_file = tmp_path / 'ann.json'
    names = {'a/x.png': 7, 'b/x.png': 8, 'y.jpg': 9}
    images = [dict(id=i, file_name=name) for name, i in names.items()]
    ann_file.write_text(json.dumps(dict(images=images)))
    for text, ids in (('a', [7, 9]), ('b/*.png', [8]), ('**/*.*g', [7, 9, 8])):
        source = open_input(str(tmp_path / text), str(ann_file))
        assert list(source.paths) == ids


def test_an_annotation_file_has_one_id_for_each_image(tmp_path, three):
    ann_file = tmp_path / 'ann.json'
    ann_file.write_text('{"images": [{"id": 3, "file_name": "x.png"}]}')
    with pytest.raises(ValueError, match=r'a/x\.png and .*b/x\.png the same'):
        open_input(str(tmp_path / '*/x.png'), str(ann_file))
    ann_file.write_text('{"images": [{"id": 3}]}')
    with pytest.raises(ValueError, match=r"ann\.json needs `images`.*'file_n"):
        open_input(str(tmp_path / 'a'), str(ann_file))


def test_a_video_gives_all_frames_and_their_numbers(video):
    source = open_input(str(video))
    frames = list(source.read())
    assert (source.count, source.fps, source.name) == (12, 20.0, 'walk')
    assert [frame.image_id for frame in frames] == list(range(12))
    # the bright box moves by two pixels a frame; the codec blurs its edge
    lefts = [(f.image[60, :, 0] > 130).argmax() for f in frames]
    assert np.abs(np.diff(lefts) - 2).max() <= 1


@pytest.mark.parametrize(
    ('text', 'error', 'message'),
    [
        ('none.jpg', FileNotFoundError, 'no such file or folder'),
        ('none.mp4', FileNotFoundError, 'no such file'),
        ('*.jpg', FileNotFoundError, 'an image of this pattern'),
        (
            'empty',
            FileNotFoundError,
            r"a file that ends with \.bmp.* pattern, as 'empty/\*\*/\*'",
        ),
        ('empty.txt', FileNotFoundError, 'a line with a path'),
        ('broken.mp4', ValueError, 'cannot open the video'),
        ('97', ValueError, 'cannot open the camera'),
        # a date, and no camera of OpenCV
        ('20261127203216', FileNotFoundError, 'no such file or folder'),
    ],
)
def test_what_is_no_input_is_said(tmp_path, monkeypatch, text, error, message):
    monkeypatch.chdir(tmp_path)
    Path('empty').mkdir()
    Path('empty.txt').write_text('\n')
    Path('broken.mp4').write_text('no video')
    with pytest.raises(error, match=message):
        open_input(text)


def test_the_clock_of_a_stream_is_not_taken_for_its_rate(tmp_path):
    path = tmp_path / 'stream.avi'
    writer = cv2.VideoWriter(
        str(path), cv2.VideoWriter_fourcc(*'MJPG'), 30, (64, 48)
    )
    writer.write(np.zeros((48, 64, 3), np.uint8))
    writer.release()
    assert open_input(str(path)).fps == 30
    content = bytearray(path.read_bytes())
    # scale and rate of the header of the stream
    start = content.find(b'strh') + 28
    content[start : start + 8] = struct.pack('<II', 1, 90000)
    path.write_bytes(content)
    assert cv2.VideoCapture(str(path)).get(cv2.CAP_PROP_FPS) == 90000
    assert open_input(str(path)).fps == 25
