"""Heatmaps of every level, and the part of the image that they cover."""

import numpy as np
import pytest
import torch
from exported import SIZE, small_baseline
from mmpose.structures import PoseDataSample

from mlpe_mmpose.apis import Predictor, predict_heatmaps
from mlpe_mmpose.runtime.crops import pad_boxes

IMAGE = np.random.default_rng(0).integers(0, 256, (280, 260, 3), np.uint8)
BOXES = [[20, 30, 120, 125], [100.5, 40, 180, 270.25]]


@pytest.fixture(scope='module')
def predictor(small_mlpe) -> Predictor:
    return Predictor(
        small_mlpe.config, small_mlpe.checkpoint, fuse=False, flip_test=False
    )


def test_the_levels_are_those_of_the_head(predictor):
    found = predict_heatmaps(predictor, IMAGE, BOXES)
    assert list(found.levels) == ['level 0', 'level 1', 'level 2', 'refined']
    crops = torch.from_numpy(found.crops).permute(0, 3, 1, 2)
    model = predictor.model
    data = dict(inputs=list(crops), data_samples=[PoseDataSample()] * 2)
    inputs = model.data_preprocessor(data)['inputs']
    with torch.no_grad():
        feats = model.extract_feat(inputs)
        expected = [*model.head.level_predictors(feats), model.head(feats)]
    for got, maps in zip(found.levels.values(), expected, strict=True):
        np.testing.assert_array_equal(got, maps.numpy())


def test_the_areas_are_the_padded_boxes(predictor):
    found = predict_heatmaps(predictor, IMAGE, BOXES)
    centers, scales = pad_boxes(np.array(BOXES), (48, 64), padding=1.25)
    expected = np.hstack([centers - scales / 2, centers + scales / 2])
    np.testing.assert_allclose(found.areas, expected, rtol=1e-5)
    assert found.crops.shape == (2, 64, 48, 3)


def test_a_call_without_boxes_is_refused(predictor):
    with pytest.raises(ValueError, match='at least one box'):
        predict_heatmaps(predictor, IMAGE, [])


@pytest.mark.parametrize(
    ('codec', 'values'),
    [
        (dict(type='MegviiHeatmap', kernel_size=3), [255]),
        (dict(type='MSRAHeatmap', sigma=2), [1]),
        (dict(type='UDPHeatmap', sigma=2), [1]),
        # a map and its offsets in x and y
        (dict(type='UDPHeatmap', heatmap_type='combined'), [1, 9, -9]),
    ],
)
def test_the_peaks_of_every_codec_are_255_high(tmp_path, codec, values):
    trained = small_baseline(tmp_path, dict(codec, **SIZE))
    options = {'model.head.out_channels': 17 * len(values)}
    predictor = Predictor(trained.config, fuse=False, cfg_options=options)
    layer = predictor.model.head.final_layer
    layer.weight.data.zero_()
    layer.bias.data = torch.tensor(values * 17).float()
    maps = predict_heatmaps(predictor, IMAGE, BOXES).levels['refined']
    np.testing.assert_array_equal(maps, np.full((2, 17, 16, 12), 255.0))
