from collections.abc import Callable

import numpy as np
import pytest
import torch
from mmpose.codecs import MegviiHeatmap
from mmpose.evaluation.functional import pose_pck_accuracy

from mlpe_mmpose.models import MLPEHead

CHANNELS = 8
WINDOWS = (9, 7, 5, 3)
SIZES = dict(input_size=(64, 80), heatmap_size=(16, 20))
CODEC = dict(type='MLPEHeatmap', kernel_sizes=WINDOWS, **SIZES)
FEATS = [(20, 16), (10, 8), (5, 4), (3, 2)]
KEYS = [f'loss_level{i}' for i in range(4)] + ['loss_refine', 'acc_pose']


def _pipeline(mark: bool = True, **target: object) -> list[dict]:
    return [
        dict(type='LoadImage'),
        # a box so tight that some keypoints fall out of the crop
        dict(type='GetBBoxCenterScale', padding=0.7),
        *([dict(type='MarkOccludedKeypoints')] if mark else []),
        dict(type='RandomFlip'),
        dict(type='RandomHalfBody'),
        dict(type='RandomBBoxTransform'),
        dict(type='TopdownAffine', input_size=SIZES['input_size']),
        dict(type='GenerateTarget', encoder=CODEC, **target),
        dict(type='PackPoseInputs', pack_transformed=True),
    ]


def _flags() -> np.ndarray:
    """Six persons with flags 0, 1 and 2; the third has no visible one."""
    flags = np.random.default_rng(0).integers(0, 3, (6, 17))
    flags[2] = flags[2].clip(max=1)
    return flags


@pytest.fixture(scope='module')
def make_samples(coco_dataset) -> Callable:
    def make(flags: np.ndarray, **pipeline: object) -> list:
        dataset = coco_dataset(flags, _pipeline(**pipeline))
        np.random.seed(0)
        return [dataset[i]['data_samples'] for i in range(len(flags))]

    return make


def _feats(batch: int = 6) -> tuple[torch.Tensor, ...]:
    return tuple(torch.randn(batch, CHANNELS, *size) for size in FEATS)


def _flags_after_the_flip(flags: np.ndarray, samples: list) -> np.ndarray:
    metas = [sample.metainfo for sample in samples]
    assert {meta['flip'] for meta in metas} == {False, True}
    return np.stack(
        [
            row[meta['flip_indices']] if meta['flip'] else row
            for row, meta in zip(flags, metas, strict=True)
        ]
    )


def _targets(samples: list, flags: np.ndarray) -> tuple:
    """Stock targets (L, B, K, H, W), float64, and which count at all."""
    levels, counted = [], None
    for window in WINDOWS:
        codec = MegviiHeatmap(**SIZES, kernel_size=window)
        encoded = [
            codec.encode(
                sample.gt_instances.transformed_keypoints,
                (row[None] > 0).astype(np.float32),
            )
            for sample, row in zip(samples, flags, strict=True)
        ]
        levels.append(np.stack([e['heatmaps'] for e in encoded]))
        counted = np.concatenate([e['keypoint_weights'] for e in encoded])
    return np.stack(levels).astype(np.float64), counted > 0


def _expected(
    outputs: list, samples: list, flags: np.ndarray, mode: str
) -> dict:
    """The losses, word by word from the method, in float64."""
    targets, labelled = _targets(samples, flags)
    visible = labelled & (flags == 2)
    # visible keypoints must fall out of the crop, or this proves less
    assert (labelled < (flags == 2)).any()
    *levels, refined = (out.detach().double().numpy() for out in outputs)
    expected = {}
    for i, output in enumerate(levels):
        shown = visible if mode == 'suppress' else np.ones_like(visible)
        error = (output - targets[i] * shown[..., None, None]) ** 2
        counts = dict(ignore=visible, supervise=labelled).get(mode)
        if counts is not None:
            error = error * counts[..., None, None]
        expected[f'loss_level{i}'] = error.mean() / 2
    error = ((refined - targets[-1]) ** 2).mean((2, 3)) * labelled
    expected['loss_refine'] = np.sort(error, axis=1)[:, -8:].mean()
    return expected


@pytest.mark.parametrize('mode', ['suppress', 'ignore', 'supervise'])
@pytest.mark.parametrize('mark', [True, False])
def test_losses_equal_the_method_recomputed_in_float64(
    make_samples, mode, mark
):
    samples = make_samples(_flags(), mark=mark)
    flags = _flags_after_the_flip(_flags(), samples)
    if not mark:
        # without its column, what is labelled counts as visible
        flags = np.where(flags > 0, 2, 0)
    head = MLPEHead(CHANNELS, decoder=CODEC, level_occluded=mode)
    feats = _feats()
    losses = head.loss(feats, samples)
    assert sorted(losses) == sorted(KEYS)
    outputs = [*head.level_predictors(feats), head.refine_network(feats)]
    expected = _expected(outputs, samples, flags, mode)
    for name, value in expected.items():
        assert losses[name].item() == pytest.approx(value, rel=1e-5), name


@pytest.mark.parametrize('flagged', [0, 1])
def test_a_batch_may_mix_people_with_and_without_occlusion_flags(
    make_samples, flagged
):
    # every second person is visible as far as labelled, so that a missing
    # flag says the same
    flags = _flags()
    flags[1 - flagged :: 2][flags[1 - flagged :: 2] == 1] = 2
    head, feats = MLPEHead(CHANNELS, decoder=CODEC).eval(), _feats()
    marked, mixed = make_samples(flags), make_samples(flags)
    for sample in mixed[1 - flagged :: 2]:
        del sample.gt_instance_labels.keypoints_visible_weights
    assert head.loss(feats, mixed) == head.loss(feats, marked)


def test_modes_differ_only_in_the_levels(make_samples):
    samples, feats = make_samples(_flags()), _feats()
    head = MLPEHead(CHANNELS, decoder=CODEC).eval()
    losses = {}
    for head.level_occluded in ('suppress', 'ignore', 'supervise'):
        losses[head.level_occluded] = head.loss(feats, samples)
    a, b, c = losses.values()
    for name in KEYS[:4]:
        assert len({a[name].item(), b[name].item(), c[name].item()}) == 3
    for name in KEYS[4:]:
        assert a[name] == b[name] == c[name]


def test_accuracy_is_the_stock_head_s_of_the_labelled(make_samples):
    samples, feats = make_samples(_flags()), _feats()
    head = MLPEHead(CHANNELS, decoder=CODEC).eval()
    heatmaps = head(feats).detach()
    # every third keypoint is where the untrained head puts it
    cells = heatmaps.flatten(2).argmax(-1)[:, ::3]
    found = torch.stack([cells % 16, cells // 16], dim=-1)
    labels = [sample.gt_instance_labels for sample in samples]
    for label, place in zip(labels, found, strict=True):
        label.keypoint_labels[0, ::3] = place.float()
    places = torch.cat([label.keypoint_labels for label in labels])
    weights = torch.cat([label.keypoint_weights for label in labels])
    visible = torch.cat([label.keypoints_visible_weights for label in labels])
    targets = head.decoder.render(places, weights)[-1].numpy()
    expected, of_visible = (
        pose_pck_accuracy(heatmaps.numpy(), targets, mask.numpy() > 0)[1]
        for mask in (weights, weights * visible)
    )
    assert 0 < expected < 1
    assert expected != of_visible
    losses = head.loss(feats, samples)
    assert losses['acc_pose'].item() == pytest.approx(expected)


def test_accuracy_is_left_out_on_demand(make_samples):
    head = MLPEHead(CHANNELS, decoder=CODEC)
    losses = head.loss(
        _feats(), make_samples(_flags()), dict(compute_acc=False)
    )
    assert sorted(losses) == sorted(KEYS[:-1])


@pytest.mark.parametrize('mode', ['suppress', 'ignore', 'supervise'])
def test_a_keypoint_of_little_weight_keeps_its_target(coco_dataset, mode):
    # CrowdPose weighs shoulders, elbows, hips and knees 0.2: their loss is
    # 0.2 times that of any other, not a loss toward an empty map
    crowd = dict(from_file='configs/_base_/datasets/crowdpose.py')
    pipeline = _pipeline(use_dataset_keypoint_weights=True)
    flags = _flags()[:, :14]
    dataset = coco_dataset(flags, pipeline, metainfo=crowd)
    np.random.seed(1)
    samples = [dataset[i]['data_samples'] for i in range(6)]
    flags = _flags_after_the_flip(flags, samples)
    factors = dataset.metainfo['dataset_keypoint_weights']
    assert factors.min() == np.float32(0.2)
    head = MLPEHead(CHANNELS, 14, decoder=CODEC, level_occluded=mode)
    feats = _feats()
    losses = head.loss(feats, samples)
    outputs = [*head.level_predictors(feats), head.refine_network(feats)]
    targets, labelled = _targets(samples, flags)
    visible = labelled & (flags == 2)
    for i, name in enumerate(KEYS[:5]):
        target, weights = targets[min(i, 3)], labelled * factors
        if name != 'loss_refine' and mode == 'suppress':
            target, weights = target * visible[..., None, None], 1
        elif name != 'loss_refine' and mode == 'ignore':
            weights = visible * factors
        error = (outputs[i].detach().numpy() - target) ** 2
        error = error.mean((2, 3)) * weights
        # the hardest 7 of 14, as 8 of 17
        hard = np.sort(error, axis=1)[:, -7:].mean()
        expected = hard if name == 'loss_refine' else error.mean() / 2
        assert losses[name].item() == pytest.approx(expected, rel=1e-5), name


def test_a_batch_without_a_label_gives_finite_losses(make_samples):
    samples = make_samples(_flags())
    for sample in samples:
        sample.gt_instance_labels.keypoint_weights.zero_()
    losses = MLPEHead(CHANNELS, decoder=CODEC).loss(_feats(), samples)
    assert losses['loss_refine'] == losses['acc_pose'] == 0
    assert all(losses[name] > 0 for name in KEYS[:4])
    sum(losses[name] for name in KEYS[:5]).backward()


def test_heatmaps_of_another_size_than_the_codec_s_are_refused(make_samples):
    samples = make_samples(_flags())
    codec = dict(CODEC, input_size=(80, 64), heatmap_size=(20, 16))
    head = MLPEHead(CHANNELS, decoder=codec)
    with pytest.raises(AssertionError, match='MLPEHead') as caught:
        head.loss(_feats(), samples)
    assert 'heatmaps of (16, 20)' in str(caught.value)
    assert 'heatmap_size=(20, 16)' in str(caught.value)


def test_samples_of_another_codec_are_refused(coco_dataset):
    pipeline = _pipeline()
    pipeline[-2] = dict(
        type='GenerateTarget',
        encoder=dict(type='MegviiHeatmap', kernel_size=3, **SIZES),
    )
    sample = coco_dataset([[2] * 17], pipeline)[0]['data_samples']
    with pytest.raises(AssertionError, match='MLPEHead finds no keypoint_lab'):
        MLPEHead(CHANNELS, decoder=CODEC).loss(_feats(2), [sample] * 2)
