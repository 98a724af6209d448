import numpy as np
import pytest
from mmcv.transforms.utils import cache_random_params
from mmpose.registry import TRANSFORMS

from mlpe_mmpose.datasets.transforms import RandomChannelGain


def _image(height: int = 9, width: int = 7, channels: int = 3) -> np.ndarray:
    rng = np.random.default_rng(0)
    return rng.integers(0, 256, (height, width, channels), np.uint8)


def test_gain_of_a_channel_by_hand():
    # one gain for all: 1.5 times, rounded half to even, at most 255
    img = np.array([[[0, 1, 100], [3, 170, 171]]], dtype=np.uint8)
    out = RandomChannelGain((1.5, 1.5))(dict(img=img))['img']
    assert out.tolist() == [[[0, 2, 150], [4, 255, 255]]]


def test_every_pixel_is_its_channel_times_one_gain_rounded_and_clipped():
    transform = RandomChannelGain((0.5, 1.9))
    for seed in range(20):
        img = _image()
        np.random.seed(seed)
        gains = np.random.uniform(0.5, 1.9, 3)
        np.random.seed(seed)
        out = transform(dict(img=img))['img']
        # in float32; in float64 some product next to one half rounds apart
        exact = img.astype(np.float32) * gains.astype(np.float32)
        expected = np.clip(np.round(exact), 0, 255)
        assert np.array_equal(out, expected)


def test_a_gain_of_one_changes_nothing():
    out = RandomChannelGain((1.0, 1.0))(dict(img=_image()))['img']
    assert np.array_equal(out, _image())


@pytest.mark.parametrize('channels', [1, 3, 4])
def test_shape_and_type_stay_and_the_input_image_is_not_written(channels):
    img = _image(channels=channels)
    out = TRANSFORMS.build(dict(type='RandomChannelGain'))(dict(img=img))
    assert out['img'].shape == img.shape
    assert out['img'].dtype == np.uint8
    assert np.array_equal(img, _image(channels=channels))


def test_a_gray_image_without_an_axis_of_channels_is_one_channel():
    # as LoadImage(color_type='grayscale') gives it
    img = _image(channels=1)
    np.random.seed(1)
    flat = RandomChannelGain()(dict(img=img[..., 0]))['img']
    np.random.seed(1)
    whole = RandomChannelGain()(dict(img=img))['img']
    assert np.array_equal(flat, whole[..., 0])


def test_an_image_that_is_not_contiguous_is_scaled_as_any_other():
    # RandomFlip hands on such views
    img = _image()[:, ::-1]
    np.random.seed(1)
    flipped = RandomChannelGain()(dict(img=img))['img']
    np.random.seed(1)
    whole = RandomChannelGain()(dict(img=_image()))['img']
    assert np.array_equal(flipped, whole[:, ::-1])


def test_gains_are_uniform_in_the_range_and_differ_by_channel():
    # 100 times a gain is read to 1 %; 3000 gains
    img = np.full((1, 1, 3), 100, dtype=np.uint8)
    transform = RandomChannelGain()
    gains = np.stack([transform(dict(img=img))['img'] for _ in range(1000)])
    gains = gains.reshape(1000, 3) / 100
    assert gains.min() >= 0.8
    assert gains.max() <= 1.2
    # uniform on a width of 0.4: mean 1, std 0.4 / sqrt(12) = 0.115; the
    # bounds are 5 standard errors of 1000 draws
    assert np.abs(gains.mean(0) - 1).max() < 5 * 0.115 / 1000**0.5
    quarters = np.histogram(gains, [0.795, 0.9, 1, 1.1, 1.205])[0] / 3000
    assert np.abs(quarters - 1 / 4).max() < 0.05
    # channels are drawn apart: uncorrelated, to 5 standard errors
    correlation = np.corrcoef(gains.T)[np.triu_indices(3, 1)]
    assert np.abs(correlation).max() < 5 / 1000**0.5


def test_images_that_share_random_numbers_have_the_same_gains():
    # as TransformBroadcaster does with share_random_params=True
    transform = RandomChannelGain()
    with cache_random_params(transform):
        one, other = (transform(dict(img=_image()))['img'] for _ in range(2))
    assert np.array_equal(one, other)
    assert not np.array_equal(one, transform(dict(img=_image()))['img'])


def test_an_image_of_floats_is_refused():
    with pytest.raises(AssertionError, match=r'uint8, got float32.*to_float'):
        RandomChannelGain()(dict(img=_image().astype(np.float32)))


@pytest.mark.parametrize('bounds', [(1.2, 0.8), (-0.1, 1.0)])
def test_a_range_out_of_order_or_below_zero_is_refused(bounds):
    with pytest.raises(ValueError, match='RandomChannelGain') as caught:
        RandomChannelGain(bounds)
    assert f'gain_range={bounds}' in str(caught.value)


def test_its_repr_is_its_config():
    assert (
        repr(RandomChannelGain((0.5, 2.0)))
        == 'RandomChannelGain(gain_range=(0.5, 2.0))'
    )
