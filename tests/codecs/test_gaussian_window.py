import cv2
import numpy as np
import pytest
import torch
import torch.nn.functional as F
from mmpose.codecs.utils import gaussian_blur

from mlpe_mmpose.codecs.gaussian_window import (
    blur_impulses,
    blur_zero_padded,
)


@pytest.mark.parametrize(('length', 'window'), [(48, 15), (72, 11), (31, 23)])
def test_inside_a_row_is_a_gaussian_of_opencv_s_sigma(length, window):
    # OpenCV's documented sigma; small windows have a table instead
    sigma = 0.3 * ((window - 1) * 0.5 - 1) + 0.8
    radius = window // 2
    centre = length // 2
    row = blur_impulses(length, window)[centre]
    distance = np.arange(length) - centre
    gaussian = np.exp(-(distance**2) / (2 * sigma**2))
    near = np.abs(distance) <= radius
    np.testing.assert_allclose(row[near], gaussian[near], rtol=1e-6)
    assert (row[~near] == 0).all()


@pytest.mark.parametrize('window', [1, 3, 5, 7, 9, 15, 23])
def test_border_cells_get_the_reflected_taps(window):
    # mirrored without repeating the border cell (BORDER_REFLECT_101): an
    # impulse at c is seen at -c and at 2 (n - 1) - c as well
    n = 30
    taps = cv2.getGaussianKernel(window, 0)[:, 0]

    def tap(offset: int) -> float:
        near = abs(offset) <= window // 2
        return taps[offset + window // 2] if near else 0.0

    rows = blur_impulses(n, window)
    for c in range(n):
        images = {c, -c, 2 * (n - 1) - c}
        seen = np.array(
            [sum(tap(image - i) for image in images) for i in range(n)]
        )
        np.testing.assert_allclose(rows[c], seen / seen[c], atol=1e-9)


@pytest.mark.parametrize(('length', 'window'), [(8, 15), (5, 23), (1, 7)])
def test_a_line_shorter_than_the_window_has_ones_at_its_impulses(
    length, window
):
    rows = blur_impulses(length, window)
    assert np.isfinite(rows).all()
    assert (np.diagonal(rows) == 1).all()


@pytest.mark.parametrize('window', [1, 3, 7, 9, 13])
def test_blur_is_a_convolution_with_zeros_outside(window):
    maps = torch.randn(2, 3, 12, 10)
    taps = torch.from_numpy(cv2.getGaussianKernel(window, 0)[:, 0])
    kernel = torch.outer(taps, taps)[None, None]
    flat = maps.double().flatten(0, 1)[:, None]
    expected = F.conv2d(flat, kernel, padding=window // 2)[:, 0]
    blurred = blur_zero_padded(maps, window)
    assert blurred.shape == maps.shape
    torch.testing.assert_close(
        blurred.flatten(0, 1).double(), expected, rtol=1e-5, atol=1e-6
    )


def test_blur_is_that_of_mmpose_up_to_one_factor_a_map():
    maps = torch.rand(4, 20, 15)
    stock = gaussian_blur(maps.numpy().copy(), 9)
    blurred = blur_zero_padded(maps[None], 9)[0].numpy()
    factor = stock.max((1, 2)) / blurred.max((1, 2))
    np.testing.assert_allclose(
        blurred * factor[:, None, None], stock, rtol=1e-4
    )


@pytest.mark.parametrize('dim', [-1, -2])
def test_a_mirrored_map_gives_exactly_the_mirrored_blur(dim):
    # not only to rounding: decoding compares neighbours of the maximum
    maps = torch.randn(3, 5, 24, 18) * 255
    blurred = blur_zero_padded(maps, 9)
    assert torch.equal(blur_zero_padded(maps.flip(dim), 9), blurred.flip(dim))
