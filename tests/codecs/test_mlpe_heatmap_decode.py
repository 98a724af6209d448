from itertools import product

import numpy as np
import pytest
import torch
from mmpose.codecs import MegviiHeatmap

from mlpe_mmpose.codecs import MLPEHeatmap

STRIDE = 4
SIZE = (12, 16)


def _codec(window: int = 7, size: tuple[int, int] = SIZE) -> MLPEHeatmap:
    width, height = size
    input_size = (width * STRIDE, height * STRIDE)
    return MLPEHeatmap(input_size, size, (window,))


def _noisy_peaks(size: tuple[int, int] = SIZE) -> torch.Tensor:
    """(1, W * H, H, W): noise, and a peak at a cell, x running slowest."""
    width, height = size
    maps = torch.rand(1, width * height, height, width) * 5
    for k, (x, y) in enumerate(product(range(width), range(height))):
        maps[0, k, y, x] = 200
    return maps


@pytest.mark.parametrize('window', [3, 7, 9])
@pytest.mark.parametrize('size', [SIZE, (48, 64)])
def test_equals_the_stock_codec_wherever_that_one_shifts(window, size):
    codec = _codec(window, size)
    stock = MegviiHeatmap(codec.input_size, size, window)
    width, height = size
    # noise alone has its maxima anywhere; a low floor makes negatives too
    maps = torch.rand(6, 17, height, width) * 300 - 20
    keypoints, scores = codec.batch_decode(maps)
    compared = 0
    for person in range(6):
        expected, peaks = stock.decode(maps[person].numpy().copy())
        np.testing.assert_allclose(scores[person], peaks, rtol=1e-5)
        x, y = np.floor(keypoints[person] / STRIDE)[0].T
        inside = (x > 1) & (x < width - 1) & (y > 1) & (y < height - 1)
        assert np.array_equal(
            keypoints[person][:, inside], expected[:, inside]
        )
        compared += inside.sum()
    assert compared > 6 * 17 / 2


def test_half_a_cell_is_added_everywhere_and_a_quarter_off_the_border():
    # the outermost cells have no neighbour on one side, hence no slope:
    # their middle. All others move a quarter of a cell in x and in y
    width, height = SIZE
    keypoints, _ = _codec().batch_decode(_noisy_peaks())
    cells = np.array(list(product(range(width), range(height))))
    offset = keypoints[0][0] / STRIDE - cells
    outermost = ((cells == 0) | (cells == np.array(SIZE) - 1)).any(1)
    assert (offset[outermost] == 0.5).all()
    assert (np.abs(offset[~outermost] - 0.5) == 0.25).all()


def test_the_shift_goes_toward_the_higher_neighbour():
    maps = torch.zeros(1, 4, *SIZE[::-1])
    maps[..., 8, 6] = 200
    for k, (dx, dy) in enumerate([(1, 0), (-1, 0), (0, 1), (0, -1)]):
        maps[0, k, 8 + dy, 6 + dx] = 100
    keypoints, scores = _codec().batch_decode(maps)
    middle = np.array([6.5, 8.5]) * STRIDE
    expected = middle + [[1, 0], [-1, 0], [0, 1], [0, -1]]
    assert np.array_equal(keypoints[0][0], expected)
    assert np.allclose(scores[0], 200 / 255 + 0.5)


@pytest.mark.parametrize('maps', ['noise', 'peaks'])
@pytest.mark.parametrize(('dim', 'axis'), [(-1, 0), (-2, 1)])
def test_mirrored_heatmaps_decode_to_exactly_mirrored_keypoints(
    maps, dim, axis
):
    # else a flip test would pull keypoints to one side
    maps = (
        torch.rand(6, 17, *SIZE[::-1]) if maps == 'noise' else _noisy_peaks()
    )
    codec = _codec()
    keypoints, scores = codec.batch_decode(maps)
    mirrored, mirrored_scores = codec.batch_decode(maps.flip(dim))
    expected = np.stack(keypoints)
    expected[..., axis] = codec.input_size[axis] - expected[..., axis]
    assert np.array_equal(np.stack(mirrored), expected)
    assert np.array_equal(mirrored_scores, scores)


@pytest.mark.parametrize('window', [3, 7, 9])
@pytest.mark.parametrize(('noise', 'cells'), [(0, 0.5), (3, 0.75)])
def test_a_target_decodes_to_its_keypoint_within_the_derived_bound(
    window, noise, cells
):
    # A keypoint is anywhere in its cell, and the cell's middle is what
    # comes back: half a cell, 2 pixels. A target is symmetric, so there is
    # no shift; with noise there is, by a quarter: 0.75 cells, 3 pixels.
    # That is for cells beyond the window's reach from the border, where no
    # reflection lifts other cells.
    codec = _codec(window, (48, 64))
    margin = window // 2 + 1
    low, high = margin * STRIDE, np.array(codec.input_size) - margin * STRIDE
    keypoints = np.random.default_rng(0).uniform(low, high, (1, 500, 2))
    encoded = codec.encode(keypoints)
    maps = codec.render(*map(torch.from_numpy, encoded.values()))[-1]
    decoded, scores = codec.batch_decode(maps + noise * torch.rand(maps.shape))
    error = np.abs(decoded[0] - keypoints).max()
    assert error <= cells * STRIDE + 1e-4
    # nearly all of the bound is used: no smaller one would be true
    assert error > cells * STRIDE - 0.1
    assert np.allclose(scores, 1.5, atol=noise / 255)


@pytest.mark.parametrize('value', [0.0, -3.0])
def test_a_map_without_a_positive_value_gives_minus_one_cell(value):
    maps = torch.full((2, 3, *SIZE[::-1]), value)
    maps[1, 1, 5, 5] = 100
    keypoints, scores = _codec().batch_decode(maps)
    assert (keypoints[0] == -STRIDE).all()
    assert np.allclose(scores[0], value / 255 + 0.5)
    # the other map of the batch is not touched by it
    assert keypoints[1][0, 1].tolist() == [5.5 * STRIDE, 5.5 * STRIDE]


def test_one_person_decodes_as_in_a_batch():
    codec = _codec()
    assert codec.support_batch_decoding is True
    maps = torch.rand(4, 17, *SIZE[::-1]) * 255
    keypoints, scores = codec.batch_decode(maps)
    assert len(keypoints) == len(scores) == 4
    for person in range(4):
        one, score = codec.decode(maps[person].numpy())
        assert one.shape == (1, 17, 2)
        assert score.shape == (1, 17)
        assert np.array_equal(one, keypoints[person])
        assert np.array_equal(score, scores[person])


def test_a_mirrored_view_decodes_as_its_copy():
    view = np.random.default_rng(0).random((3, *SIZE[::-1]))[:, :, ::-1]
    for seen, copied in zip(
        _codec().decode(view), _codec().decode(view.copy()), strict=True
    ):
        assert np.array_equal(seen, copied)


@pytest.mark.parametrize('dtype', [torch.float16, torch.bfloat16])
@pytest.mark.parametrize('unbiased', [False, True])
def test_half_precision_maps_decode_as_their_values_in_float32(
    unbiased, dtype
):
    codec = MLPEHeatmap((48, 64), SIZE, (7,), unbiased=unbiased)
    maps = (torch.rand(2, 17, *SIZE[::-1]) * 255).to(dtype)
    for half, full in zip(
        codec.batch_decode(maps), codec.batch_decode(maps.float()), strict=True
    ):
        assert np.array_equal(half, full)


def test_a_window_of_one_decodes_without_a_blur():
    # the stock codec cannot: its border of 0 slices to nothing
    maps = torch.rand(1, 50, *SIZE[::-1])
    keypoints, _ = _codec(window=1).batch_decode(maps)
    cells = maps.flatten(2).argmax(-1)[0].numpy()
    expected = np.stack([cells % SIZE[0], cells // SIZE[0]], axis=-1)
    assert np.array_equal(np.floor(keypoints[0][0] / STRIDE), expected)


def test_decoding_neither_writes_to_its_input_nor_needs_it_detached():
    maps = (torch.rand(1, 3, *SIZE[::-1]) - 0.5).requires_grad_()
    before = maps.detach().clone()
    keypoints, _ = _codec().batch_decode(maps)
    assert isinstance(keypoints[0], np.ndarray)
    assert torch.equal(maps, before)
