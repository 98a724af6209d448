import numpy as np
import pytest
from mmpose.datasets.transforms import RandomFlip
from mmpose.registry import TRANSFORMS

from mlpe_mmpose.datasets.transforms import FastRandomFlip

DIRECTIONS = ['horizontal', 'vertical', 'diagonal']


def _image(channels: int = 3, dtype: type = np.uint8) -> np.ndarray:
    rng = np.random.default_rng(channels)
    return rng.integers(0, 256, (9, 7, channels)).astype(dtype)


def _sample(img, **extra: object) -> dict:
    rng = np.random.default_rng(1)
    return dict(
        img=img,
        img_shape=(9, 7),
        flip_indices=[0, 2, 1],
        bbox=np.array([[1.0, 2.0, 5.0, 6.0]]),
        bbox_center=np.array([[3.0, 4.0]]),
        keypoints=rng.random((1, 3, 2)) * 7,
        keypoints_visible=np.array([[[1, 1], [0, 0], [1, 0]]]),
        **extra,
    )


@pytest.mark.parametrize(
    'arguments',
    [
        dict(prob=0.5),
        dict(prob=[0.3, 0.2, 0.4], direction=DIRECTIONS),
    ],
)
def test_a_seed_gives_what_it_gives_with_the_stock_class(arguments):
    fast = TRANSFORMS.build(dict(type='FastRandomFlip', **arguments))
    stock = RandomFlip(**arguments)
    seen = set()
    for seed in range(40):
        np.random.seed(seed)
        expected = stock(_sample(_image(), img_mask=_image(1)))
        np.random.seed(seed)
        out = fast(_sample(_image(), img_mask=_image(1)))
        assert out.keys() == expected.keys()
        for key, value in expected.items():
            assert np.array_equal(out[key], value), key
        seen.add(out['flip_direction'])
    # no flip, and each direction, were among the seeds
    assert len(seen) == 1 + len(np.atleast_1d(stock.direction))


@pytest.mark.parametrize('direction', DIRECTIONS)
@pytest.mark.parametrize('dtype', [np.uint8, np.float32])
@pytest.mark.parametrize('channels', [1, 3, 4])
def test_the_flipped_image_lies_in_memory_as_a_loaded_one(
    direction, dtype, channels
):
    img = _image(channels, dtype)
    out = FastRandomFlip(1.0, direction)(_sample(img))['img']
    # a view would be copied pixel by pixel when it is warped
    assert out.flags.c_contiguous
    assert out.shape == img.shape
    assert out.dtype == dtype
    expected = RandomFlip(1.0, direction)(_sample(img))['img']
    assert np.array_equal(out, expected)
    assert np.array_equal(img, _image(channels, dtype))


def test_each_image_of_a_list_is_flipped():
    imgs = [_image(3), _image(4)]
    out = FastRandomFlip(1.0)(_sample(imgs))['img']
    assert len(out) == 2
    for flipped, img in zip(out, imgs, strict=True):
        assert np.array_equal(flipped, img[:, ::-1])


def test_an_image_that_stays_is_not_copied():
    img = _image()
    assert FastRandomFlip(0.0)(_sample(img))['img'] is img
