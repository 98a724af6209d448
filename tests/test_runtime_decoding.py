"""The runtime's decoding beside the codecs'."""

import numpy as np
import pytest
import torch

from mlpe_mmpose.codecs import MLPEHeatmap, UnbiasedMLPEHeatmap
from mlpe_mmpose.runtime import decoding


@pytest.mark.parametrize('window', [3, 5, 9])
def test_decoding_is_the_codecs_to_the_last_bit(window):
    codec = MLPEHeatmap((48, 64), (12, 16), (window,))
    noise = torch.randn(4, 17, 16, 12) * 100
    rounded = (torch.rand(4, 17, 16, 12) * 3).round()  # ties everywhere
    maps = torch.cat([noise, rounded, -noise.abs(), torch.ones(1, 17, 16, 12)])
    keypoints, scores = codec.batch_decode(maps)
    ours = decoding.decode(maps.numpy(), window, 255.0, codec.input_size)
    assert np.array_equal(ours[0], np.concatenate(keypoints))
    assert np.array_equal(ours[1], np.concatenate(scores))


@pytest.mark.parametrize('window', [3, 7])
def test_unbiased_decoding_is_the_codecs(window):
    codec = UnbiasedMLPEHeatmap((48, 64), (12, 16), (window,))
    places = torch.rand(4, 17, 2) * torch.tensor([14.0, 18.0]) - 1
    maps = codec.render(places, torch.ones(4, 17))[-1]
    # a floor keeps the logarithm's curvature away from rounding
    maps = maps + 20 + torch.rand_like(maps)
    maps[0, 0], maps[0, 1] = 0, -5
    keypoints, scores = codec.batch_decode(maps)
    ours = decoding.decode_unbiased(
        maps.numpy(), window, 255.0, codec.input_size
    )
    np.testing.assert_allclose(ours[0], np.concatenate(keypoints), atol=1e-3)
    np.testing.assert_allclose(ours[1], np.concatenate(scores), atol=1e-6)


def test_of_equal_maxima_the_first_row_by_row_counts():
    maps = np.zeros((1, 1, 16, 12), np.float32)
    maps[0, 0, [3, 9], [8, 2]] = 200
    keypoints, _ = decoding.decode(maps, 3, 255.0, (48, 64))
    # the middle of cell (8, 3): the slope of a lone peak is 0
    assert keypoints.tolist() == [[[34.0, 14.0]]]


@pytest.mark.parametrize('shift', [False, True])
def test_mirrored_heatmaps_come_back_as_in_mmpose(shift):
    from mmpose.models.utils.tta import flip_heatmaps

    maps, indices = torch.randn(2, 3, 4, 5), (0, 2, 1)
    expected = flip_heatmaps(maps.clone(), list(indices), 'heatmap', shift)
    ours = decoding.mirrored(maps.numpy(), indices, shift)
    assert np.array_equal(ours, expected.numpy())
