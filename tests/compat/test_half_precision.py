"""MMPose's heads train in bfloat16."""

import numpy as np
import pytest
import torch
from mmengine.registry import init_default_scope
from mmengine.structures import InstanceData, PixelData
from mmpose.registry import KEYPOINT_CODECS, MODELS
from mmpose.structures import PoseDataSample
from mmpose.utils import tensor_utils

HEATMAPS = dict(
    type='MSRAHeatmap', input_size=(32, 32), heatmap_size=(8, 8), sigma=1
)
BINS = dict(
    type='SimCCLabel', input_size=(32, 32), sigma=2.0, simcc_split_ratio=2.0
)
HEADS = {
    'heatmaps': dict(
        type='HeatmapHead',
        in_channels=4,
        out_channels=3,
        deconv_out_channels=None,
        loss=dict(type='KeypointMSELoss', use_target_weight=True),
        decoder=HEATMAPS,
    ),
    'bins': dict(
        type='SimCCHead',
        in_channels=4,
        out_channels=3,
        input_size=(32, 32),
        in_featuremap_size=(8, 8),
        deconv_out_channels=None,
        loss=dict(type='KLDiscretLoss', use_target_weight=True),
        decoder=BINS,
    ),
}


@pytest.mark.parametrize('name', HEADS)
def test_a_head_of_mmpose_has_a_loss_and_an_accuracy_in_bfloat16(name):
    torch.manual_seed(0)
    init_default_scope('mmpose')
    head = MODELS.build(HEADS[name])
    codec = KEYPOINT_CODECS.build(HEADS[name]['decoder'])
    found = codec.encode(np.random.default_rng(0).uniform(2, 30, (1, 3, 2)))
    sample = PoseDataSample(gt_instance_labels=InstanceData())
    for key, value in found.items():
        value = torch.from_numpy(value)
        if key == 'heatmaps':
            sample.gt_fields = PixelData(heatmaps=value)
        else:
            sample.gt_instance_labels[key] = value
    feats = (torch.randn(1, 4, 8, 8),)
    # the training configuration is a dict in every model
    expected = head.loss(feats, [sample], train_cfg={})
    with torch.autocast('cpu', torch.bfloat16):
        losses = head.loss(feats, [sample], train_cfg={})
    assert losses.keys() == expected.keys() == {'loss_kpt', 'acc_pose'}
    for key, value in expected.items():
        torch.testing.assert_close(losses[key], value, rtol=0.05, atol=0.01)


def test_tensors_of_other_types_become_the_same_arrays_as_before():
    values = [torch.arange(3.0), torch.arange(3), torch.ones(2).bool()]
    arrays = tensor_utils.to_numpy(values)
    for value, found in zip(values, arrays, strict=True):
        assert found.dtype == value.numpy().dtype
        assert (found == value.numpy()).all()
    halves, device = tensor_utils.to_numpy(
        [torch.full((2,), 0.5, dtype=torch.bfloat16)], return_device=True
    )
    assert halves[0].tolist() == [0.5, 0.5]
    assert device == torch.device('cpu')
