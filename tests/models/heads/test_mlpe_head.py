import warnings

import numpy as np
import pytest
import torch
from mmengine.structures import InstanceData
from mmpose.codecs import MegviiHeatmap
from mmpose.models.heads import HeatmapHead
from mmpose.models.utils.tta import flip_heatmaps
from mmpose.registry import MODELS
from mmpose.testing import get_packed_inputs

from mlpe_mmpose.models import MLPEHead

CHANNELS = 8
CODEC = dict(
    type='MLPEHeatmap',
    input_size=(64, 80),
    heatmap_size=(16, 20),
    kernel_sizes=(9, 7, 5, 3),
)
PIPELINE = [
    dict(type='LoadImage'),
    dict(type='GetBBoxCenterScale'),
    dict(type='TopdownAffine', input_size=CODEC['input_size']),
    dict(type='PackPoseInputs'),
]


def _head(**kwargs: object) -> MLPEHead:
    return MLPEHead(CHANNELS, decoder=CODEC, **kwargs).eval()


def _feats(batch: int = 2) -> tuple[torch.Tensor, ...]:
    sizes = [(20, 16), (10, 8), (5, 4), (3, 2)]
    return tuple(torch.randn(batch, CHANNELS, *size) for size in sizes)


@pytest.fixture
def samples(coco_dataset) -> list:
    """Two persons of a real data set, with COCO's flip indices."""
    dataset = coco_dataset([[2] * 17] * 2, PIPELINE, test_mode=True)
    return [dataset[i]['data_samples'] for i in range(2)]


@pytest.mark.parametrize('upsample', ['deconv', 'bilinear'])
def test_forward_gives_the_refined_heatmaps_and_nothing_else(upsample):
    head = _head(upsample=upsample)
    feats = _feats()
    with torch.no_grad():
        heatmaps = head(feats)
        assert torch.equal(heatmaps, head.refine_network(feats))
    assert heatmaps.shape == (2, 17, 20, 16)


@pytest.mark.parametrize('flip_test', [False, True])
def test_prediction_is_the_stock_head_s_on_the_same_heatmaps(
    samples, flip_test
):
    head = _head()
    feats = [_feats(), _feats()] if flip_test else _feats()
    config = dict(flip_test=flip_test, output_heatmaps=True)
    with torch.no_grad():
        # the mirrored pass's heatmaps, and which of them change places
        expected = head(feats[0] if flip_test else feats)
        if flip_test:
            indices = samples[0].metainfo['flip_indices']
            other = flip_heatmaps(
                head(feats[1]), flip_indices=indices, shift_heatmap=False
            )
            expected = (expected + other) / 2
        preds, fields = head.predict(feats, samples, config)
    assert torch.equal(torch.stack([f.heatmaps for f in fields]), expected)
    codec = {k: CODEC[k] for k in ('input_size', 'heatmap_size')}
    stock = HeatmapHead(
        1, 1, decoder=dict(type='MegviiHeatmap', kernel_size=3, **codec)
    ).decode(expected)
    for pred, reference in zip(preds, stock, strict=True):
        assert isinstance(pred, InstanceData)
        assert set(pred.keys()) == set(reference.keys())
        for name, value in reference.items():
            assert pred[name].shape == value.shape
            assert isinstance(pred[name], np.ndarray)
        np.testing.assert_allclose(
            pred.keypoint_scores, reference.keypoint_scores, rtol=1e-5
        )
        # apart from the stock codec's border, where it adds no half cell
        cells = np.floor(pred.keypoints / 4)
        inner = ((cells > 1) & (cells < np.array((16, 20)) - 1)).all(-1)
        assert inner.sum() > 5
        assert np.array_equal(
            pred.keypoints[inner], reference.keypoints[inner]
        )


def test_without_output_heatmaps_only_instances_come(samples):
    preds = _head().predict(_feats(), samples)
    assert isinstance(preds, list)
    assert [type(pred) for pred in preds] == [InstanceData] * 2


def test_a_shift_that_moves_all_keypoints_is_warned_of(samples):
    head, feats = _head(), [_feats(), _feats()]
    config = dict(flip_test=True, shift_heatmap=True)
    with torch.no_grad():
        with pytest.warns(UserWarning, match='MLPEHead .*shift_heatmap=False'):
            shifted = head.predict(feats, samples, config)
        config['shift_heatmap'] = False
        preds = head.predict(feats, samples, config)
    assert not np.array_equal(shifted[0].keypoints, preds[0].keypoints)
    # without the flip test nothing is shifted
    config.update(flip_test=False, shift_heatmap=True)
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter('error')
        head.predict(feats[0], samples, config)


def test_a_mirrored_image_is_predicted_exactly_mirrored(samples):
    # a mirrored image exchanges the two passes of the flip test
    head, first, second = _head(), _feats(), _feats()
    config = dict(flip_test=True)
    indices = samples[0].metainfo['flip_indices']
    with torch.no_grad():
        preds = head.predict([first, second], samples, config)
        mirrored = head.predict([second, first], samples, config)
    for pred, other in zip(preds, mirrored, strict=True):
        expected = pred.keypoints[:, indices]
        expected[..., 0] = CODEC['input_size'][0] - expected[..., 0]
        assert np.array_equal(other.keypoints, expected)
        scores = pred.keypoint_scores[:, indices]
        assert np.array_equal(other.keypoint_scores, scores)


def test_samples_of_several_instances_predict_as_in_stock_heads():
    # one prediction an image, whatever ground truth its sample holds
    batch = get_packed_inputs(
        2, num_instances=3, input_size=(64, 80), heatmap_size=(16, 20)
    )['data_samples']
    head, feats = _head(), _feats()
    preds = head.predict(feats, batch)
    assert [pred.keypoints.shape for pred in preds] == [(1, 17, 2)] * 2
    with pytest.raises(AssertionError, match=r'MLPEHead got 6 .* 2 heatmaps'):
        head.loss(feats, batch)


def test_channels_of_another_neck_are_refused():
    head, feats = _head(), _feats()
    wide = feats[:3] + (torch.zeros(2, CHANNELS + 1, 3, 2),)
    for wrong in (wide, feats[:3], feats + feats[-1:]):
        channels = tuple(feat.shape[1] for feat in wrong)
        for call in (head, lambda feats: head.loss(feats, [])):
            with pytest.raises(AssertionError, match='MLPEHead') as caught:
                call(wrong)
            message = str(caught.value)
            assert 'num_levels=4' in message
            assert f'in_channels={CHANNELS}' in message
            assert str(channels) in message


@pytest.mark.parametrize('size', [(21, 16), (20, 17)])
def test_a_map_that_is_larger_in_one_direction_is_refused(size):
    head, feats = _head(upsample='bilinear'), list(_feats())
    feats[1] = torch.zeros(2, CHANNELS, *size)
    with pytest.raises(AssertionError, match=r'MLPEHead .*fine to coarse'):
        head(tuple(feats))


@pytest.mark.parametrize('upsample', ['deconv', 'bilinear'])
@pytest.mark.parametrize('order', [[3, 2, 1, 0], [0, 1, 3, 2], [1, 0, 2, 3]])
def test_maps_that_do_not_go_from_fine_to_coarse_are_refused(upsample, order):
    head, feats = _head(upsample=upsample), _feats()
    wrong = tuple(feats[level] for level in order)
    sizes = [tuple(feat.shape[-2:]) for feat in wrong]
    for call in (head, lambda feats: head.loss(feats, [])):
        with pytest.raises(
            AssertionError, match=r'MLPEHead .*fine to'
        ) as error:
            call(wrong)
        assert f'{sizes} (height, width)' in str(error.value)


@pytest.mark.parametrize(
    ('options', 'words'),
    [
        (dict(in_channels=7), ['even', 'in_channels=7']),
        (dict(in_channels=0), ['even', 'in_channels=0']),
        (dict(num_levels=2), ['3 to 5', 'num_levels=2']),
        (dict(num_levels=6), ['3 to 5', 'num_levels=6']),
        (dict(predict_kernel_size=2), ['odd', 'predict_kernel_size=2']),
        (dict(predict_kernel_size=-1), ['predict_kernel_size=-1']),
        (dict(upsample='nearest'), ["'deconv'", "upsample='nearest'"]),
        (
            dict(level_occluded='drop'),
            ["'suppress', 'ignore', 'supervise'", "level_occluded='drop'"],
        ),
        (dict(num_levels=3), ['kernel_sizes=(9, 7, 5, 3)', 'num_levels=3']),
        (
            dict(refine_loss=dict(type='MLPEOHKMLoss', topk=18)),
            ['refine_loss', 'out_channels=17', 'topk=18'],
        ),
        (
            dict(
                out_channels=5,
                level_loss=dict(type='KeypointOHKMMSELoss', topk=6),
            ),
            ['level_loss', 'out_channels=5', 'topk=6'],
        ),
        (
            dict(refine_loss=dict(type='FocalHeatmapLoss')),
            ['0 to 255', 'refine_loss, FocalHeatmapLoss, is nan'],
        ),
        (
            dict(level_loss=dict(type='AdaptiveWingLoss')),
            ['0 to 255', 'level_loss, AdaptiveWingLoss, is inf'],
        ),
        (
            # the levels get no weights with level_occluded='suppress'
            dict(level_loss=dict(type='L1Loss', use_target_weight=True)),
            ['level_loss, L1Loss: AssertionError', "'suppress'"],
        ),
        (
            dict(refine_loss=dict(type='KLDiscretLoss')),
            ['refine_loss, KLDiscretLoss: ', '(B, K, H, W)'],
        ),
        (
            # of one person, weights (1, 16) fit any row of 16 cells
            dict(
                out_channels=16,
                refine_loss=dict(type='WingLoss', use_target_weight=True),
            ),
            ['refine_loss, WingLoss: ', 'weights (B, K)'],
        ),
        (
            dict(decoder=dict(CODEC, kernel_sizes=(3,))),
            ['kernel_sizes=(3,)', 'num_levels=4'],
        ),
        (
            dict(
                decoder=dict(
                    type='MegviiHeatmap',
                    input_size=(64, 80),
                    heatmap_size=(16, 20),
                    kernel_size=3,
                )
            ),
            ['decoder', 'MLPEHeatmap', MegviiHeatmap.__name__],
        ),
    ],
)
def test_a_wrong_config_is_refused_with_both_values(options, words):
    config = dict(type='MLPEHead', in_channels=CHANNELS, decoder=CODEC)
    with pytest.raises(ValueError, match='MLPEHead') as caught:
        MODELS.build(dict(config, **options))
    for word in words:
        assert word in str(caught.value)


def test_without_a_decoder_it_neither_trains_nor_predicts(samples):
    head = MLPEHead(CHANNELS).eval()
    with pytest.raises(RuntimeError, match=r'decoder .* in MLPEHead'):
        head.predict(_feats(), samples)
    with pytest.raises(RuntimeError, match=r'MLPEHead needs decoder'):
        head.loss(_feats(), samples)
    # the network alone is complete
    assert head(_feats()).shape == (2, 17, 20, 16)
