"""Every part of the package sees the same pixels of an image file."""

import io
import struct
from pathlib import Path

import cv2
import numpy as np
import pytest
from mmpose.registry import TRANSFORMS
from PIL import ExifTags, Image

from mlpe_mmpose.apis.predictor_inputs import read_image as read_for_predictor
from mlpe_mmpose.runtime.crops import crop
from mlpe_mmpose.tools.check_data.images import check_images
from mlpe_mmpose.tools.predict.inputs import open_input
from mlpe_mmpose.tools.read_image import read_image
from mlpe_mmpose.tools.report.diagnosis.findings import ExamplePerson
from mlpe_mmpose.tools.report.drawing import draw_person, draw_pose
from mlpe_mmpose.tools.web.uploads import read_upload

PIXELS = np.random.default_rng(0).integers(0, 256, (20, 30, 3), np.uint8)


def encode(image: Image.Image, kind: str, orientation: int = 1) -> bytes:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    buffer = io.BytesIO()
    image.save(buffer, kind, exif=exif)
    return buffer.getvalue()


def deep_png() -> bytes:
    return cv2.imencode('.png', PIXELS.astype(np.uint16) * 257)[1].tobytes()


PICTURE = Image.fromarray(PIXELS)
FILES = {
    f'{kind} turned, {orientation}': encode(PICTURE, kind, orientation)
    for kind in ('JPEG', 'PNG', 'WEBP', 'TIFF')
    for orientation in (3, 5, 6)
} | {
    'CMYK': encode(PICTURE.convert('CMYK'), 'JPEG'),
    'gray': encode(PICTURE.convert('L'), 'JPEG'),
    'transparent': encode(PICTURE.convert('RGBA'), 'PNG'),
    'palette': encode(PICTURE.convert('P'), 'PNG'),
    '16 bits': deep_png(),
    'one pixel': encode(PICTURE.crop((0, 0, 1, 1)), 'JPEG'),
}


@pytest.fixture(params=FILES)
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / 'image.jpg'
    path.write_bytes(FILES[request.param])
    return path


def load(kind: str, path: Path) -> np.ndarray:
    """Read an image as a pipeline does."""
    return TRANSFORMS.build(dict(type=kind))(dict(img_path=str(path)))['img']


def test_training_and_prediction_read_the_same_pixels(path):
    trained = load('CheckedLoadImage', path)
    assert trained.dtype == np.uint8
    step = TRANSFORMS.build(dict(type='CheckedLoadImage'))
    (frame,) = open_input(str(path)).read()
    for image in (
        load('LoadImage', path),
        read_for_predictor('Predictor', 0, path, step)['img'],
        read_image(path),
        frame.image,
    ):
        np.testing.assert_array_equal(image, trained)


def test_the_web_page_and_the_report_show_the_same_pixels(path):
    trained = load('CheckedLoadImage', path)
    if b'II*' not in path.read_bytes()[:4]:  # the page takes no TIFF
        shown = read_upload(str(path), max_pixels=1e6)
        np.testing.assert_array_equal(shown, trained)
    box = (0, 0, *trained.shape[1::-1])
    nobody = np.zeros((1, 3))
    person = ExamplePerson(path.name, 1, box, nobody, None, 0.0, ('',))
    (_, panel), _ = draw_person(person, path.parent, [])
    wanted = draw_pose(trained, box, None, (), [])
    np.testing.assert_array_equal(panel, wanted)


def test_check_data_wants_the_size_that_training_sees(path):
    height, width = load('CheckedLoadImage', path).shape[:2]
    image = dict(file_name=path.name, width=width, height=height)
    assert list(check_images([image], path.parent)) == []
    (found,) = check_images([image | dict(width=width + 1)], path.parent)
    assert f'has {width} x {height}, not {width + 1} x' in str(found)


def test_an_exif_tag_turns_as_it_says(tmp_path):
    path = tmp_path / 'image.png'
    path.write_bytes(FILES['PNG turned, 6'])
    # 6: the upper edge of the scene is at the right of the file
    wanted = np.rot90(PIXELS[..., ::-1], -1)
    np.testing.assert_array_equal(read_image(path), wanted)


def test_more_pixels_than_opencv_reads_are_no_image(tmp_path):
    content = bytearray(cv2.imencode('.bmp', PIXELS)[1].tobytes())
    # width and height in the header of a BMP file
    content[18:26] = struct.pack('<ii', 60_000, 60_000)
    path = tmp_path / 'large.bmp'
    path.write_bytes(content)
    with pytest.raises(OSError, match='no image that OpenCV can read'):
        read_image(path)


def test_an_image_that_is_too_long_to_be_cropped_is_refused(tmp_path):
    path = tmp_path / 'long.png'
    cv2.imwrite(str(path), np.zeros((2, 32_766, 3), np.uint8))
    image = read_image(path)
    assert crop(image, np.ones(2), np.ones(2), (4, 4)).shape == (4, 4, 3)
    cv2.imwrite(str(path), np.zeros((2, 32_767, 3), np.uint8))
    with pytest.raises(OSError, match='at most 32766 pixels a side'):
        read_image(path)
    with pytest.raises(ValueError, match='at most 32766 pixels a side'):
        read_upload(str(path), 1e6)
    record = dict(file_name=path.name, width=32_767, height=2)
    (found,) = check_images([record], tmp_path)
    assert found.what == 'images have a side of more than 32766 pixels'
