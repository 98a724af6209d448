"""Image files of every kind, whole and damaged, through the real set."""

import io
import re
from pathlib import Path

import cv2
import numpy as np
import pytest
from mmengine.fileio import BaseStorageBackend, FileClient
from mmengine.fileio.backends import registry_utils
from mmengine.logging import MMLogger
from mmpose.datasets.transforms import LoadImage
from mmpose.registry import TRANSFORMS
from PIL import Image

SIZE = (160, 200)  # width, height, as conftest's image


def load(path: Path, **kwargs: object) -> dict | None:
    step = TRANSFORMS.build(dict(type='CheckedLoadImage', **kwargs))
    return step(dict(img_path=str(path)))


@pytest.fixture
def picture() -> Image.Image:
    """A smooth picture, which a JPEG changes little."""
    x, y = np.meshgrid(np.arange(SIZE[0]), np.arange(SIZE[1]))
    return Image.fromarray(np.stack([x, y, x // 2 + 60], -1).astype(np.uint8))


def encode(picture: Image.Image, kind: str, **kwargs: object) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **kwargs)
    return buffer.getvalue()


def with_preview(picture: Image.Image) -> bytes:
    """A JPEG whose header has a whole small JPEG in it."""
    small = encode(picture.resize((16, 20)), 'JPEG')
    return encode(picture, 'JPEG', exif=b'Exif\x00\x00' + small)


def half(picture: Image.Image) -> bytes:
    """The header of a JPEG, and half of its scan."""
    content = encode(picture, 'JPEG')
    start = content.rindex(b'\xff\xda')
    return content[: (start + len(content)) // 2]


DAMAGED = {
    'cut': lambda p: encode(p, 'JPEG')[:-40],
    'cut in the middle': half,
    'cut, progressive': lambda p: encode(p, 'JPEG', progressive=True)[:-40],
    'cut, with a preview': lambda p: with_preview(p)[:-40],
    'cut, PNG': lambda p: encode(p, 'PNG')[:-40],
    'empty': lambda p: b'',
    'text': lambda p: b'a text file called .jpg',
    'cut, with a video': lambda p: (
        encode(p, 'JPEG').replace(b'\xff\xd9', b'') + b'\xff\xda'
    ),
    'half a header': lambda p: encode(p, 'JPEG')[:100],
}
REASONS = {'cut': 'cut off', 'empt': 'empty', 'text': 'no image', 'half': 'cu'}


@pytest.mark.parametrize('name', DAMAGED)
def test_a_damaged_file_is_refused_with_its_path_and_fault(
    tmp_path, picture, name
):
    path = tmp_path / 'person.jpg'
    path.write_bytes(DAMAGED[name](picture))
    with pytest.raises(OSError, match=REASONS[name[:4].strip(', ')]) as error:
        load(path)
    assert f'img_path={str(path)!r}' in str(error.value)
    assert "set on_bad_image='skip'" in str(error.value)


def test_a_deleted_file_and_a_wrong_option_are_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r'none\.jpg.*does not exist'):
        load(tmp_path / 'none.jpg')
    # once the path, once the reason
    with pytest.raises(
        OSError, match=rf'{tmp_path.name}.: Is a directory\. Re'
    ):
        load(tmp_path)
    with pytest.raises(ValueError, match="'raise' or 'skip', got 'ignore'"):
        load(tmp_path / 'none.jpg', on_bad_image='ignore')


WHOLE = {
    'JPEG': lambda p: encode(p, 'JPEG', quality=95),
    'progressive': lambda p: encode(p, 'JPEG', quality=95, progressive=True),
    'with a preview': with_preview,
    'with bytes after its end': lambda p: encode(p, 'JPEG') + bytes(99),
    'with a video after its end': lambda p: (
        encode(p, 'JPEG') + b'\xff\xd9 video \xff\xda'
    ),
    'with filling bytes': lambda p: encode(p, 'JPEG').replace(
        b'\xff\xdb', b'\xff\xff\xff\xdb'
    ),
    'PNG': lambda p: encode(p, 'PNG'),
    'CMYK': lambda p: encode(p.convert('CMYK'), 'JPEG', quality=95),
    'WebP': lambda p: encode(p, 'WEBP', quality=95),
}


@pytest.mark.parametrize('name', WHOLE)
def test_a_whole_file_is_the_picture_whatever_its_kind(
    tmp_path, picture, name
):
    path = tmp_path / 'person.jpg'
    path.write_bytes(WHOLE[name](picture))
    loaded = load(path)
    wanted = np.asarray(picture)[..., ::-1].astype(int)
    assert loaded['img'].dtype == np.uint8
    assert loaded['img_shape'] == loaded['ori_shape'] == SIZE[::-1]
    assert abs(loaded['img'] - wanted).mean() < 4


@pytest.mark.parametrize(
    'options',
    [
        dict(to_float32=True),
        dict(color_type='grayscale', to_float32=True),
        dict(imdecode_backend='pillow'),
    ],
)
def test_arguments_of_the_stock_class_do_what_they_do_there(
    tmp_path, picture, options
):
    path = tmp_path / 'person.jpg'
    # OpenCV drops the transparency, and Pillow blends it
    picture = picture.convert('LA')
    picture.putalpha(90)
    path.write_bytes(encode(picture, 'PNG'))
    wanted = LoadImage(**options)(dict(img_path=str(path)))
    found = load(path, **options)
    assert found.keys() == wanted.keys()
    assert found['img'].dtype == wanted['img'].dtype
    assert np.array_equal(found['img'], wanted['img'])


@pytest.mark.parametrize('argument', ['file_client_args', 'backend_args'])
def test_arguments_choose_where_the_bytes_come_from(picture, argument):
    content = encode(picture, 'PNG')

    class Store(BaseStorageBackend):
        def get(self, filepath: str) -> bytes:
            return content

        def get_text(self, filepath: str) -> str:
            raise NotImplementedError

    registries = FileClient._backends, registry_utils.backends
    for registry in registries:
        registry['pictures'] = Store
    try:
        loaded = load('nowhere', **{argument: dict(backend='pictures')})
    finally:
        for registry in registries:
            del registry['pictures']
    assert (loaded['img'] == np.asarray(picture)[..., ::-1]).all()


def test_16_bits_become_8_and_an_exif_tag_rotates(tmp_path, picture):
    deep = np.asarray(picture)[..., ::-1].astype(np.uint16) * 257
    path = tmp_path / 'deep.png'
    cv2.imwrite(str(path), deep)
    assert (load(path)['img'] == np.asarray(picture)[..., ::-1]).all()
    exif = Image.Exif()
    exif[0x0112] = 6  # the upper edge of the scene is right in the file
    path.write_bytes(encode(picture, 'JPEG', quality=95, exif=exif))
    turned = np.rot90(np.asarray(picture)[..., ::-1], -1).astype(int)
    loaded = load(path)['img']
    assert loaded.shape == turned.shape
    assert abs(loaded - turned).mean() < 4


PIPELINE = [
    dict(type='CheckedLoadImage', on_bad_image='skip'),
    dict(type='GetBBoxCenterScale'),
    dict(type='TopdownAffine', input_size=(48, 64)),
    dict(type='PackPoseInputs'),
]


def test_an_image_that_is_there_already_is_not_read(picture):
    image = np.asarray(picture)
    loaded = TRANSFORMS.build(dict(type='CheckedLoadImage'))(dict(img=image))
    assert loaded['img'] is image
    assert loaded['img_shape'] == SIZE[::-1]


def test_an_image_of_one_pixel_goes_through_the_pipeline(coco_dataset):
    dataset = coco_dataset([[2] * 17], PIPELINE)
    path = Path(dataset.get_data_info(0)['img_path'])
    cv2.imwrite(str(path), np.full((1, 1, 3), 200, np.uint8))
    assert dataset[0]['inputs'].shape == (3, 64, 48)


def test_a_skipped_file_is_counted_once_and_another_person_is_taken(
    coco_dataset, tmp_path
):
    logger = MMLogger.get_instance('skip', log_file=str(tmp_path / 'log'))
    assert MMLogger.get_current_instance() is logger
    dataset = coco_dataset([[2] * 17] * 4, PIPELINE, serialize_data=False)
    whole = Path(dataset.data_list[0]['img_path'])
    for index in (1, 2):
        path = whole.with_name(f'{index}.jpg')
        path.write_bytes(whole.read_bytes()[: -100 * index])
        dataset.data_list[index]['img_path'] = str(path)
    for _ in range(3):
        taken = {dataset[i]['data_samples'].img_path for i in range(4)}
        assert taken == {str(whole)}
    log = (tmp_path / 'log').read_text()
    assert re.findall(r"(\d\.jpg)': .*cut off.*loader: (\d)", log) == [
        ('1.jpg', '1'),
        ('2.jpg', '2'),
    ]


def test_an_image_that_is_too_long_to_be_cropped_is_named(tmp_path):
    path = tmp_path / 'long.png'
    cv2.imwrite(str(path), np.zeros((2, 32_766, 3), np.uint8))
    assert load(path)['img_shape'] == (2, 32_766)
    cv2.imwrite(str(path), np.zeros((2, 32_767, 3), np.uint8))
    with pytest.raises(OSError, match=r'long\.png.*32767 x 2 pixels.*32766'):
        load(path)
    assert load(path, on_bad_image='skip') is None
