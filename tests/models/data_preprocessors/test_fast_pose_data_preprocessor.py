"""Batches reach the network as the stock preprocessor brings them."""

import copy

import numpy as np
import pytest
import torch
from mmengine.dataset import pseudo_collate
from mmengine.logging import MessageHub
from mmpose.models.data_preprocessors import PoseDataPreprocessor

from mlpe_mmpose.models import FastPoseDataPreprocessor

ARGUMENTS = dict(
    mean=[123.675, 116.28, 103.53],
    std=[58.395, 57.12, 57.375],
    bgr_to_rgb=True,
)
CODEC = dict(
    type='MLPEHeatmap',
    input_size=(48, 64),
    heatmap_size=(12, 16),
    kernel_sizes=(5, 3),
)
MAPS = dict(
    type='MSRAHeatmap', input_size=(48, 64), heatmap_size=(12, 16), sigma=2
)


@pytest.fixture
def batch(coco_dataset):
    """A batch of the real pipeline: ``batch(encoder, count)``."""

    def make(encoder: dict = CODEC, count: int = 3, size=(48, 64)) -> dict:
        flags = np.random.default_rng(1).integers(0, 3, (count, 17))
        flags[:, 0] = 2
        pipeline = [
            dict(type='LoadImage'),
            dict(type='GetBBoxCenterScale'),
            dict(type='MarkOccludedKeypoints'),
            dict(type='TopdownAffine', input_size=size),
            dict(type='GenerateTarget', encoder=encoder),
            dict(type='PackPoseInputs'),
        ]
        dataset = coco_dataset(flags, pipeline)
        return pseudo_collate([dataset[i] for i in range(len(dataset))])

    return make


def assert_same(ours: dict, stock: dict) -> None:
    """Images, labels and metainfo."""
    torch.testing.assert_close(ours['inputs'], stock['inputs'], rtol=0, atol=0)
    for a, b in zip(ours['data_samples'], stock['data_samples'], strict=True):
        assert a.metainfo.keys() == b.metainfo.keys()
        assert tuple(a.pad_shape) == tuple(b.pad_shape)
        assert a.batch_input_shape == b.batch_input_shape
        labels, expected = a.gt_instance_labels, b.gt_instance_labels
        assert set(labels.keys()) == set(expected.keys())
        for name, value in expected.items():
            assert torch.equal(labels[name], value)
            assert labels[name].dtype == value.dtype


@pytest.mark.parametrize('options', [ARGUMENTS, {}], ids=['full', 'bare'])
def test_a_batch_comes_out_as_from_the_stock_class(batch, options):
    data = batch()
    stock = PoseDataPreprocessor(**options)(copy.deepcopy(data), True)
    assert_same(FastPoseDataPreprocessor(**options)(data, True), stock)
    assert stock['data_samples'][0].gt_instance_labels.keypoint_labels.any()


def test_a_batch_can_be_given_twice(batch):
    data = batch()
    preprocessor = FastPoseDataPreprocessor(**ARGUMENTS)
    first = preprocessor(data, True)['inputs']
    assert torch.equal(preprocessor(data, True)['inputs'], first)


def test_samples_with_heatmaps_go_the_stock_way(batch):
    data = batch(MAPS)
    stock = PoseDataPreprocessor(**ARGUMENTS)(copy.deepcopy(data), True)
    ours = FastPoseDataPreprocessor(**ARGUMENTS)(data, True)
    assert_same(ours, stock)
    for a, b in zip(ours['data_samples'], stock['data_samples'], strict=True):
        assert torch.equal(a.gt_fields.heatmaps, b.gt_fields.heatmaps)


def test_images_of_several_sizes_are_padded_as_ever(batch):
    data = batch()
    other = batch(size=(40, 56))
    for key in data:
        data[key] += other[key]
    stock = PoseDataPreprocessor(**ARGUMENTS)(copy.deepcopy(data), False)
    assert_same(FastPoseDataPreprocessor(**ARGUMENTS)(data, False), stock)


def test_images_are_padded_to_a_divisor_as_ever(batch):
    options = dict(ARGUMENTS, pad_size_divisor=20)
    data = batch()
    stock = PoseDataPreprocessor(**options)(copy.deepcopy(data), True)
    assert_same(FastPoseDataPreprocessor(**options)(data, True), stock)
    assert stock['inputs'].shape[-2:] == (80, 60)


def test_images_of_one_channel_are_refused_as_ever(batch):
    data = batch()
    data['inputs'] = [image[:1] for image in data['inputs']]
    for kind in (PoseDataPreprocessor, FastPoseDataPreprocessor):
        with pytest.raises(AssertionError, match='mean has 3 values'):
            kind(ARGUMENTS['mean'], ARGUMENTS['std'])(data, True)


@pytest.mark.parametrize('training', [True, False])
def test_batch_augments_apply_to_training_alone(batch, training):
    # gives the second batch another size
    resize = dict(
        type='BatchSyncRandomResize',
        random_size_range=(32, 32),
        size_divisor=8,
        interval=1,
    )
    options = dict(ARGUMENTS, batch_augments=[resize])
    MessageHub.get_current_instance().update_info('iter', 0)
    data = batch()
    outputs = []
    for kind in (FastPoseDataPreprocessor, PoseDataPreprocessor):
        preprocessor = kind(**options)
        preprocessor(copy.deepcopy(data), training)
        outputs.append(preprocessor(copy.deepcopy(data), training))
    assert_same(*outputs)
    size = (32, 24) if training else (64, 48)
    assert outputs[0]['inputs'].shape[-2:] == size


def test_labels_of_several_shapes_are_moved_one_by_one(batch):
    data = batch()
    labels = data['data_samples'][1].gt_instance_labels
    labels.keypoint_weights = labels.keypoint_weights.repeat(1, 2)
    stock = PoseDataPreprocessor(**ARGUMENTS)(copy.deepcopy(data), True)
    assert_same(FastPoseDataPreprocessor(**ARGUMENTS)(data, True), stock)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason='needs a GPU')
def test_the_host_does_not_wait_for_the_device(batch):
    data = batch()
    stock = PoseDataPreprocessor(**ARGUMENTS).cuda()(copy.deepcopy(data))
    ours = FastPoseDataPreprocessor(**ARGUMENTS).cuda()
    ours(copy.deepcopy(data))  # allocates
    torch.cuda.set_sync_debug_mode('error')
    try:
        moved = ours(data)
    finally:
        torch.cuda.set_sync_debug_mode('default')
    assert moved['inputs'].is_cuda
    assert_same(moved, stock)
