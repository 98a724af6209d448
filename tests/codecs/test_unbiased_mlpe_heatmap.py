import numpy as np
import pytest
import torch
from mmpose.codecs.utils import gaussian_blur
from mmpose.codecs.utils.refinement import refine_keypoints_dark

from mlpe_mmpose.codecs import MLPEHeatmap
from mlpe_mmpose.codecs.gaussian_window import blur_zero_padded
from mlpe_mmpose.codecs.heatmap_peaks import find_peaks

INPUT, SIZE, STRIDE = (96, 128), (24, 32), 4
WINDOWS = (15, 11, 9, 7)


def _codec(windows: tuple[int, ...] = WINDOWS) -> MLPEHeatmap:
    return MLPEHeatmap(INPUT, SIZE, windows, unbiased=True)


def _places(people: int, margin: float) -> np.ndarray:
    """(people, 17, 2), pixels at least so many from the border."""
    random = np.random.default_rng(0)
    room = np.array(INPUT) - 1 - 2 * margin
    return random.random((people, 17, 2)) * room + margin


def _drawn(codec: MLPEHeatmap, places: np.ndarray) -> torch.Tensor:
    """The targets of people, (L, B, 17, H, W)."""
    encoded = [codec.encode(person[None]) for person in places]
    labels, weights = (
        torch.from_numpy(np.concatenate([one[name] for one in encoded]))
        for name in ('keypoint_labels', 'keypoint_weights')
    )
    return codec.render(labels, weights)


def test_a_target_is_the_gaussian_around_the_keypoint_itself():
    places = _places(3, margin=-1)
    targets = _drawn(_codec(), places)
    x, y = np.meshgrid(*(STRIDE * (np.arange(n) + 0.5) - 0.5 for n in SIZE))
    inside = ((places >= -0.5) & (places < np.array(INPUT) - 0.5)).all(-1)
    for level, window in enumerate(WINDOWS):
        sigma = STRIDE * (0.3 * ((window - 1) * 0.5 - 1) + 0.8)
        squares = (x - places[..., 0, None, None]) ** 2
        squares = squares + (y - places[..., 1, None, None]) ** 2
        expected = 255 * np.exp(-squares / (2 * sigma**2))
        expected *= inside[..., None, None]
        np.testing.assert_allclose(targets[level], expected, atol=2e-3)


@pytest.mark.parametrize('window', [5, 7, 9])
def test_decoding_returns_what_was_encoded_to_a_thirtieth_of_a_pixel(window):
    # a blur whose window were endless would keep a Gaussian one; zeros beyond
    # the border are farther than both windows reach
    places = _places(8, margin=STRIDE * (window + 2))
    codec = _codec((window,))
    keypoints, scores = codec.batch_decode(_drawn(codec, places)[-1])
    np.testing.assert_allclose(np.concatenate(keypoints), places, atol=1 / 30)
    # the highest cell is at most half a cell away, in x and in y
    lowest = np.exp(-0.25 / (0.3 * ((window - 1) * 0.5 - 1) + 0.8) ** 2)
    found = np.concatenate(scores) - 0.5
    assert (found <= 1).all()
    assert (found >= lowest - 1e-6).all()


def test_its_error_is_a_small_part_of_the_rounding_codec_s():
    places = _places(8, margin=4)
    errors = []
    for codec in (_codec(), MLPEHeatmap(INPUT, SIZE, WINDOWS)):
        keypoints, _ = codec.batch_decode(_drawn(codec, places)[-1])
        distance = np.linalg.norm(np.concatenate(keypoints) - places, axis=-1)
        errors.append(distance.mean())
    # CPN's quarter cell leaves up to a quarter of four pixels an axis
    assert errors[1] > 0.5
    assert errors[0] < errors[1] / 3


def test_decoding_equals_the_stock_dark_refinement():
    torch.manual_seed(0)
    maps = _drawn(_codec(), _places(4, margin=0))[-1]
    maps = (maps + torch.rand_like(maps) * 40).clamp(min=0)
    window = WINDOWS[-1]
    places, _ = find_peaks(maps, window, unbiased=True)
    for person, found in zip(maps.numpy(), places.numpy(), strict=True):
        blurred = gaussian_blur(person.copy(), window)
        flat = blurred.reshape(17, -1).argmax(1)
        cells = np.stack([flat % SIZE[0], flat // SIZE[0]], -1)[None]
        expected = refine_keypoints_dark(
            cells.astype(np.float32), person.copy(), window
        )[0]
        moved = np.abs(expected - cells[0])
        # the stock step is unbounded, and goes to minima and saddles too
        near = (moved < 0.9).all(-1)
        assert near.sum() >= 15
        np.testing.assert_allclose(found[near], expected[near], atol=2e-3)


def test_a_mirrored_person_has_mirrored_targets_and_keypoints():
    places = _places(4, margin=0)
    mirrored = places.copy()
    mirrored[..., 0] = INPUT[0] - 1 - places[..., 0]
    codec = _codec()
    maps, other = _drawn(codec, places), _drawn(codec, mirrored)
    torch.testing.assert_close(maps.flip(-1), other, atol=2e-2, rtol=0)
    keypoints, _ = codec.batch_decode(maps[-1])
    turned, _ = codec.batch_decode(maps[-1].flip(-1))
    for straight, back in zip(keypoints, turned, strict=True):
        back[..., 0] = INPUT[0] - 1 - back[..., 0]
        np.testing.assert_allclose(straight, back, atol=1e-3)


def test_no_noise_moves_a_keypoint_more_than_a_cell_from_the_maximum():
    torch.manual_seed(0)
    maps = torch.randn(16, 17, *reversed(SIZE)) * 100
    for window in (1, 3):
        for noise in (maps, maps.clamp(min=0)):
            places, _ = find_peaks(noise, window, unbiased=True)
            cell = blur_zero_padded(noise, window).flatten(2).argmax(-1)
            cells = torch.stack([cell % SIZE[0], cell // SIZE[0]], -1)
            moved = (places - cells).abs()
            assert (moved <= 1).all()
            # some would go farther
            assert (moved == 1).any()


def test_an_empty_map_is_found_outside_with_half_a_point():
    keypoints, scores = _codec().batch_decode(torch.zeros(1, 1, 32, 24))
    assert (keypoints[0] == -2.5).all()
    assert scores[0] == 0.5


def test_empty_cells_beside_a_maximum_count_as_in_the_stock_refinement():
    # a window of 3 leaves the second neighbours at 0, whose logarithm MMPose
    # takes of 1e-10
    maps = torch.zeros(1, 1, *SIZE[::-1])
    maps[0, 0, 12:14, 10:12] = torch.tensor([[200.0, 90.0], [60.0, 40.0]])
    places, _ = find_peaks(maps, 3, unbiased=True)
    cell = np.array([[[10.0, 12.0]]], dtype=np.float32)
    expected = refine_keypoints_dark(cell, maps[0].numpy().copy(), 3)
    np.testing.assert_allclose(places[0], expected[0], atol=2e-3)


def test_a_keypoint_outside_the_image_or_not_labelled_has_no_target():
    # pixel -0.5 is the left border, and 95.5 the right one
    x = np.array([-0.6, -0.5, -0.4, 95.4, 95.5, 95.6, 5.0])
    places = np.stack([x, np.full(7, 5.0)], -1)[None]
    encoded = _codec().encode(places, np.array([[1, 1, 1, 1, 1, 1, 0]]))
    assert encoded['keypoint_weights'].tolist() == [[0, 1, 1, 1, 0, 0, 0]]
    maps = _codec().render(
        torch.from_numpy(encoded['keypoint_labels']),
        torch.from_numpy(encoded['keypoint_weights']),
    )
    assert (maps.amax((0, 1, 3, 4)) > 0).tolist() == [0, 1, 1, 1, 0, 0, 0]
