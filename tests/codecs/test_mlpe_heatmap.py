import re
from itertools import product

import numpy as np
import pytest
import torch
from mmpose.codecs import MegviiHeatmap
from mmpose.registry import KEYPOINT_CODECS

from mlpe_mmpose.codecs import MLPEHeatmap

SMALL = dict(
    input_size=(32, 40), heatmap_size=(8, 10), kernel_sizes=(7, 5, 3, 3)
)
CASES = [
    # the release's windows at the paper's two sizes
    dict(
        input_size=(192, 256),
        heatmap_size=(48, 64),
        kernel_sizes=(15, 11, 9, 7),
    ),
    dict(
        input_size=(288, 384),
        heatmap_size=(72, 96),
        kernel_sizes=(23, 17, 13, 9),
    ),
    SMALL,
    # windows larger than the map, a window of one, another stride
    dict(input_size=(24, 30), heatmap_size=(8, 10), kernel_sizes=(23, 15, 1)),
]


def _keypoints(size: tuple[int, int], number: int = 40) -> np.ndarray:
    """(1, K, 2), on the border, one pixel beside it, and anywhere near."""
    edges = [
        (-4.0, -3.9, -1.0, -0.1, 0.0, 0.1, n - 1, n - 0.1, n, n + 1.0)
        for n in size
    ]
    rng = np.random.default_rng(0)
    anywhere = rng.uniform(-0.2, 1.2, (number, 2)) * size
    corners = np.array(list(product(*edges)))
    return np.concatenate([anywhere, corners]).astype(np.float32)[None]


@pytest.mark.parametrize('case', CASES)
@pytest.mark.parametrize('visible', [None, 0.0, 0.5, 1.0])
def test_targets_and_weights_are_those_of_one_stock_codec_a_level(
    case, visible
):
    case = dict(case)
    codec = MLPEHeatmap(**case)
    keypoints = _keypoints(codec.input_size)
    flags = np.full(keypoints.shape[:2], visible or 0, dtype=np.float32)
    if visible is None:
        flags[0, ::3] = 1
    encoded = codec.encode(keypoints, flags)
    rendered = codec.render(
        torch.from_numpy(encoded['keypoint_labels']),
        torch.from_numpy(encoded['keypoint_weights']),
    )
    levels = case.pop('kernel_sizes')
    assert rendered.shape == (
        len(levels),
        *keypoints.shape[:2],
        *codec.heatmap_size[::-1],
    )
    assert rendered.dtype == torch.float32
    for target, window in zip(rendered[:, 0], levels, strict=True):
        stock = MegviiHeatmap(**case, kernel_size=window)
        expected = stock.encode(keypoints, flags)
        np.testing.assert_allclose(target, expected['heatmaps'], atol=1e-3)
        assert np.array_equal(
            encoded['keypoint_weights'], expected['keypoint_weights']
        )


def test_the_keypoint_s_own_cell_is_255_at_every_level():
    codec = MLPEHeatmap(**SMALL)
    cells = torch.tensor(list(product(range(8), range(10))))[None]
    maps = codec.render(cells.float(), torch.ones(1, 80))
    for k, (x, y) in enumerate(cells[0]):
        assert torch.equal(maps[:, 0, k, y, x], torch.full((4,), 255.0))


def test_labels_are_input_pixels_divided_by_the_stride():
    keypoints = np.array([[[2.0, 6.0], [31.0, 39.0]]])
    encoded = MLPEHeatmap(**SMALL).encode(keypoints)
    labels = encoded['keypoint_labels']
    assert labels.tolist() == [[[0.5, 1.5], [7.75, 9.75]]]
    assert labels.dtype == np.float32
    # all labelled by default
    assert encoded['keypoint_weights'].tolist() == [[1, 1]]


def test_persons_of_a_batch_are_drawn_apart():
    codec = MLPEHeatmap(**SMALL)
    labels = torch.rand(3, 5, 2) * torch.tensor([8.0, 10.0])
    weights = (torch.rand(3, 5) < 0.7).float()
    batch = codec.render(labels, weights)
    for person in range(3):
        one = slice(person, person + 1)
        alone = codec.render(labels[one], weights[one])
        assert torch.equal(batch[:, one], alone)


def test_encoding_leaves_its_arguments_alone():
    keypoints, flags = _keypoints((32, 40)), np.ones((1, 140), np.float32)
    before = keypoints.copy()
    MLPEHeatmap(**SMALL).encode(keypoints, flags)
    assert np.array_equal(keypoints, before)
    assert (flags == 1).all()


def test_the_pipeline_carries_coordinates_and_weights_but_no_maps(
    coco_dataset,
):
    pipeline = [
        dict(type='LoadImage'),
        dict(type='GetBBoxCenterScale'),
        dict(type='MarkOccludedKeypoints'),
        dict(type='TopdownAffine', input_size=SMALL['input_size']),
        dict(type='GenerateTarget', encoder=dict(type='MLPEHeatmap', **SMALL)),
        dict(type='PackPoseInputs'),
    ]
    sample = coco_dataset([[2] * 9 + [1] * 8], pipeline)[0]['data_samples']
    assert 'gt_fields' not in sample
    labels = dict(sample.gt_instance_labels.items())
    assert {name: tuple(label.shape) for name, label in labels.items()} == {
        'keypoint_labels': (1, 17, 2),
        'keypoint_weights': (1, 17),
        'keypoints_visible_weights': (1, 17),
    }
    # 17 x (2 + 1 + 1) float32; four levels of maps would be 21,760 bytes
    sizes = [label.nbytes for label in labels.values()]
    assert sum(sizes) == 17 * 4 * 4


def test_more_than_one_person_in_a_sample_is_refused():
    with pytest.raises(AssertionError, match=r'MLPEHeatmap.*2 instances'):
        MLPEHeatmap(**SMALL).encode(np.zeros((2, 17, 2)))


@pytest.mark.parametrize(
    ('input_size', 'heatmap_size'),
    [
        ((190, 256), (48, 64)),
        ((192, 256), (48, 32)),
        ((192, 256), (0, 0)),
        ((192, 256), (48, 0)),
        ((48, 64), (192, 256)),
        ((0, 0), (48, 64)),
    ],
)
def test_heatmap_sizes_that_do_not_divide_are_refused(
    input_size, heatmap_size
):
    with pytest.raises(ValueError, match='MLPEHeatmap') as caught:
        MLPEHeatmap(input_size, heatmap_size, (7,))
    assert f'heatmap_size={heatmap_size}' in str(caught.value)
    assert f'input_size={input_size}' in str(caught.value)


@pytest.mark.parametrize('input_size', [(97, 130), (192, 258), (190, 256)])
def test_a_refusal_of_sizes_names_sizes_that_are_accepted(input_size):
    width, height = input_size
    with pytest.raises(ValueError, match='stride of 4') as caught:
        MLPEHeatmap(input_size, (width // 4, height // 4), (7,))
    _, _, advice = str(caught.value).partition('stride of 4')
    numbers = [int(number) for number in re.findall(r'\d+', advice)]
    MLPEHeatmap(numbers[:2], numbers[2:], (7,))


@pytest.mark.parametrize('windows', [(), (7, 8), (7, 0), (-3,), (7.5, 3)])
def test_windows_that_are_not_positive_and_odd_are_refused(windows):
    config = dict(SMALL, type='MLPEHeatmap', kernel_sizes=windows)
    with pytest.raises(ValueError, match=r'MLPEHeatmap.*odd') as caught:
        KEYPOINT_CODECS.build(config)
    assert f'got {windows}' in str(caught.value)
