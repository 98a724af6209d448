"""Images and boxes of a visitor are read, or refused with a plain sentence."""

import struct
import zlib

import cv2
import numpy as np
import pytest

from mlpe_mmpose.tools.web.uploads import (
    add_corner,
    format_boxes,
    parse_boxes,
    read_corners,
    read_upload,
)

SHAPE = (100, 200)  # rows, columns


def bomb(width: int, height: int) -> bytes:
    """A few bytes that claim to be a PNG file of this size."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        end = struct.pack('>I', zlib.crc32(kind + data))
        return struct.pack('>I', len(data)) + kind + data + end

    header = struct.pack('>IIBBBBB', width, height, 8, 0, 0, 0, 0)
    data = chunk(b'IHDR', header) + chunk(b'IDAT', zlib.compress(b'\0' * 99))
    return b'\x89PNG\r\n\x1a\n' + data + chunk(b'IEND', b'')


@pytest.mark.parametrize('suffix', ['.jpg', '.png', '.webp', '.bmp'])
def test_an_image_is_what_opencv_reads(tmp_path, suffix):
    path = tmp_path / f'a{suffix}'
    noise = np.random.default_rng(0).integers(0, 256, (9, 7, 3), np.uint8)
    cv2.imwrite(str(path), noise)
    image = read_upload(str(path), max_pixels=63)
    np.testing.assert_array_equal(image, cv2.imread(str(path)))
    with pytest.raises(ValueError, match=r'7 x 9 pixels; at most 6\.2e-05'):
        read_upload(str(path), max_pixels=62)


@pytest.mark.parametrize(
    ('content', 'message'),
    [
        (b'', 'a.jpg is no image'),
        (b'hello', 'a.jpg is no image, or of another kind than JPEG, PNG'),
        (b'GIF89a\1\0\1\0\0\0\0;', 'a.jpg is no image'),
        (bomb(5001, 5000), '5001 x 5000 pixels; at most 25 million'),
        (bomb(30000, 30000), 'has too many pixels; at most 25 million'),
        (bomb(2**31 - 1, 2**31 - 1), 'a.jpg'),
        (bomb(100, 100), 'a.jpg is damaged'),
    ],
)
def test_what_is_no_image_or_a_bomb_is_named(tmp_path, content, message):
    path = tmp_path / 'a.jpg'
    path.write_bytes(content)
    with pytest.raises(ValueError, match=message):
        read_upload(str(path), max_pixels=25e6)


def test_a_cut_off_photograph_is_damaged(tmp_path):
    noise = np.random.default_rng(0).integers(0, 256, (90, 70, 3), np.uint8)
    content = cv2.imencode('.jpg', noise)[1].tobytes()
    path = tmp_path / 'a.jpg'
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(ValueError, match=r'a\.jpg is damaged'):
        read_upload(str(path), max_pixels=25e6)
    with pytest.raises(ValueError, match='Drop an image first'):
        read_upload(None, max_pixels=25e6)


def test_boxes_are_read_as_they_are_written():
    random = np.random.default_rng(0)
    boxes = random.uniform(0, 50, (20, 2)).round(1)
    boxes = np.hstack([boxes, boxes + random.uniform(1, 90, (20, 2)).round(1)])
    read = parse_boxes(format_boxes(boxes), SHAPE)
    np.testing.assert_allclose(read, boxes, atol=1e-4)


def test_without_a_line_the_image_is_the_box():
    for text in ('', ' \n ', None):
        assert parse_boxes(text, SHAPE).tolist() == [[0, 0, 200, 100]]


@pytest.mark.parametrize(
    'line',
    [
        '1, 2, 3',
        '1 2 3 4 5',
        'nan, 1, 2, 3',
        'inf 1 2 3',
        '1e9, 1, 2, 3',
        '99999999, 1, 2, 3',
        '<b>1</b>, 1, 2, 3',
        '9, 1, 3, 5',
        '1, 9, 5, 9',
        '-9, -9, 0, 0',
        '200, 0, 210, 9',
    ],
)
def test_a_line_that_is_no_box_is_named(line):
    with pytest.raises(ValueError, match='is no box'):
        parse_boxes(f'1, 2, 3, 4\n{line}', SHAPE)


def test_so_many_boxes_are_refused():
    with pytest.raises(ValueError, match='51 boxes; at most 50'):
        parse_boxes('1, 2, 3, 4\n' * 51, SHAPE)


def test_every_second_corner_completes_a_box():
    random = np.random.default_rng(0)
    text, clicks = '', random.integers(0, 100, (6, 2))
    for number, (x, y) in enumerate(clicks):
        text = add_corner(text, x, y)
        assert len(read_corners(text)[-1]) == (4 if number % 2 else 2)
    pairs = clicks.reshape(3, 2, 2)
    expected = np.hstack([pairs.min(1), pairs.max(1)])
    np.testing.assert_array_equal(parse_boxes(text, SHAPE), expected)


def test_lines_that_are_no_box_yet_are_not_drawn():
    assert read_corners('1, 2, 3\n4, 5\nhello\n1, 2, 3, 4') == [
        [4, 5],
        [1, 2, 3, 4],
    ]
