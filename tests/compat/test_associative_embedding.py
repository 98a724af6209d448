"""Associative embedding trains with any number of people an image."""

import itertools

import numpy as np
import pytest
import torch
from mmpose.registry import MODELS

from mlpe_mmpose.compat.associative_embedding import stock_loss

CODEC = dict(
    type='AssociativeEmbedding',
    input_size=(64, 64),
    heatmap_size=(16, 16),
    sigma=1,
)
HEAD = dict(
    type='AssociativeEmbeddingHead',
    in_channels=8,
    num_keypoints=17,
    deconv_out_channels=None,
    keypoint_loss=dict(type='KeypointMSELoss', use_target_weight=True),
    tag_loss=dict(type='AssociativeEmbeddingLoss', loss_weight=0.5),
)
PIPELINE = [
    dict(type='LoadImage'),
    dict(type='BottomupRandomAffine', input_size=(64, 64), scale_type='long'),
    dict(type='RandomFlip'),
    dict(type='GenerateTarget', encoder=CODEC),
    dict(type='BottomupGetHeatmapMask'),
    dict(type='PackPoseInputs'),
]


@pytest.fixture
def sample(coco_dataset):
    """Makes a sample of one image with people of these flags."""

    def make(flags):
        people = coco_dataset(flags, PIPELINE, data_mode='bottomup')
        return people[0]['data_samples']

    return make


def reference(heatmaps, tags, samples) -> dict[str, float]:
    """The losses in float64, person by person."""
    losses = dict(loss_kpt=0.0, loss_pull=0.0, loss_push=0.0)
    for maps, own, sample in zip(heatmaps, tags, samples, strict=True):
        error = (maps - sample.gt_fields.heatmaps.numpy()) ** 2
        error *= sample.gt_fields.heatmap_mask.numpy()
        losses['loss_kpt'] += error.mean() / len(samples)
        people = []
        for person in sample.gt_instance_labels.keypoint_indices.numpy():
            found = [
                own[k].flat[i] for k, (i, seen) in enumerate(person) if seen
            ]
            people += [np.array(found)] if found else []
        number = len(people)
        means = [person.mean() for person in people]
        spread = sum(person.var() for person in people)
        losses['loss_pull'] += 0.5 * spread / max(number, 1)
        if number > 1:
            # with each person itself, as in MMPose: a constant
            pairs = itertools.product(means, means)
            near = sum(np.exp(-((a - b) ** 2)) for a, b in pairs)
            losses['loss_push'] += 0.25 * near / (number * (number - 1))
    return losses


@pytest.mark.parametrize('counts', [(3, 2), (4, 1), (2, 0), (1, 1)])
def test_the_losses_of_several_people_are_those_of_float64(sample, counts):
    random = np.random.default_rng(0)
    flags = [random.integers(0, 3, (max(n, 1), 17)) for n in counts]
    flags = [f if n else f * 0 for f, n in zip(flags, counts, strict=True)]
    samples = [sample(f) for f in flags]
    head = MODELS.build(HEAD)
    feats = (torch.rand(len(counts), 8, 16, 16),)
    losses = head.loss(feats, samples)
    maps = [m.detach().double().numpy() for m in head(feats)]
    expected = reference(*maps, samples)
    assert losses.keys() == expected.keys()
    for name, value in expected.items():
        assert losses[name].item() == pytest.approx(value, rel=1e-4), name
    sum(losses.values()).backward()
    assert head.final_layer.weight.grad.abs().sum() > 0


def test_mmposes_own_loss_fails_with_two_people_in_an_image(sample):
    samples = [sample(np.full((2, 17), 2))]
    head = MODELS.build(HEAD)
    feats = (torch.rand(1, 8, 16, 16),)
    with pytest.raises(AssertionError, match='mismatched shapes'):
        stock_loss(head, feats, samples)
    assert head.loss(feats, samples)['loss_push'] > 0


def test_one_fully_labelled_person_an_image_has_the_losses_of_mmpose(sample):
    samples = [sample(np.full((1, 17), 2)) for _ in range(2)]
    for one in samples:  # keypoints that left the image have no weight there
        one.gt_instance_labels.keypoint_weights[:] = 1
    head = MODELS.build(HEAD)
    feats = (torch.rand(2, 8, 16, 16),)
    expected = stock_loss(head, feats, samples)
    for name, value in head.loss(feats, samples).items():
        assert value.item() == pytest.approx(expected[name].item(), rel=1e-6)
