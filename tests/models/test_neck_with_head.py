"""Truths of neck and head together: sizes, gradients, half precision."""

import numpy as np
import pytest
import torch
from float16_on_cpu import FLOAT16
from mmpose.registry import MODELS
from torch import nn

from mlpe_mmpose.models import MLPEHead, MLPENeck

CHANNELS = 8
LEVELS = {3: (7, 5, 3), 4: (9, 7, 5, 3), 5: (9, 9, 7, 5, 3)}
CODEC = dict(type='MLPEHeatmap', input_size=(64, 80), heatmap_size=(16, 20))
SIZES = [(20, 16), (10, 8), (5, 4), (3, 2), (2, 1)]


@pytest.fixture(scope='module')
def samples(coco_dataset) -> list:
    """Four persons with flags 0, 1 and 2, through the real pipeline."""
    pipeline = [
        dict(type='LoadImage'),
        dict(type='GetBBoxCenterScale'),
        dict(type='MarkOccludedKeypoints'),
        dict(type='TopdownAffine', input_size=CODEC['input_size']),
        dict(
            type='GenerateTarget', encoder=dict(CODEC, kernel_sizes=LEVELS[4])
        ),
        dict(type='PackPoseInputs'),
    ]
    flags = np.random.default_rng(0).integers(0, 3, (4, 17))
    dataset = coco_dataset(flags, pipeline)
    return [dataset[i]['data_samples'] for i in range(4)]


def _pair(levels: int = 4, neck: dict = {}, head: dict = {}) -> tuple:
    """A narrow neck and head."""
    codec = dict(CODEC, kernel_sizes=LEVELS[levels])
    head = dict(head, num_levels=levels, decoder=codec)
    return (
        MLPENeck((CHANNELS,) * levels, CHANNELS, **neck),
        MLPEHead(CHANNELS, **head),
    )


def _feats(levels: int = 4) -> tuple[torch.Tensor, ...]:
    return tuple(torch.randn(4, CHANNELS, *size) for size in SIZES[:levels])


# the paper's Table I; CPN; K = 17 and ResNeSt's channels
@pytest.mark.parametrize(
    ('expected', 'neck', 'head'),
    [
        pytest.param(14_459_565, {}, {}, id='c, e, f'),
        pytest.param(14_320_301, {}, dict(predict_kernel_size=1), id='d'),
        pytest.param(5_215_917, *[dict(upsample='bilinear')] * 2, id='b'),
        pytest.param(
            3_438_506,
            dict(upsample='bilinear', feature_enhancement=False),
            dict(upsample='bilinear'),
            id='a',
        ),
        pytest.param(
            3_898_794,
            dict(
                upsample='bilinear',
                feature_enhancement=False,
                lateral_fusion=True,
            ),
            dict(upsample='bilinear'),
            id='CPN',
        ),
    ],
)
def test_neck_and_head_have_as_many_parameters_as_the_method(
    expected, neck, head
):
    channels = (256, 512, 1024, 2048)
    with torch.device('meta'):
        modules = (
            MODELS.build(dict(type='MLPENeck', in_channels=channels, **neck)),
            MODELS.build(dict(type='MLPEHead', out_channels=17, **head)),
        )
    parameters = [p for module in modules for p in module.parameters()]
    assert sum(p.numel() for p in parameters) == expected


@pytest.mark.parametrize('levels', [3, 4, 5])
@pytest.mark.parametrize('upsample', ['deconv', 'bilinear'])
@pytest.mark.parametrize('enhance', [True, False])
@pytest.mark.parametrize('fuse', [True, False])
def test_every_parameter_gets_a_gradient_from_one_loss(
    samples, levels, upsample, enhance, fuse
):
    options = dict(
        feature_enhancement=enhance, upsample=upsample, lateral_fusion=fuse
    )
    head = dict(upsample=upsample, predict_kernel_size=1 if fuse else 3)
    for mode in ('suppress', 'ignore', 'supervise'):
        head['level_occluded'] = mode
        pair = nn.ModuleList(_pair(levels, options, head)).double()
        # Normalising over the batch removes a constant of a channel, and so
        # the bias of a stage's norm, if between the two are only 1x1
        # convolutions and resizing: this is the method. Zero padding saves
        # the bias, which the transposed 4x4 of the next stage has.
        stages = range(levels - 1)
        lost = stages[-1:] if upsample == 'deconv' else stages
        assert _without_gradient(pair, samples) == {
            f'0.upsamples.{stage}.bn.bias' for stage in lost
        }


def _without_gradient(pair: nn.ModuleList, samples: list) -> set[str]:
    """Parameters with no more than rounding errors after one loss, float64."""
    neck, head = pair
    feats = tuple(feat.double() for feat in _feats(head.num_levels))
    losses = head.loss(neck(feats), samples)
    pair.zero_grad()
    sum(v for name, v in losses.items() if 'loss' in name).backward()
    gradients = {name: p.grad for name, p in pair.named_parameters()}
    assert all(g is not None for g in gradients.values())
    assert all(g.isfinite().all() for g in gradients.values())
    # losses are about 100; float32, in which they are summed, has 1e-7
    return {n for n, g in gradients.items() if g.abs().max() < 1e-5}


@pytest.mark.parametrize('dtype', [torch.bfloat16, FLOAT16])
def test_half_precision_gives_finite_losses_in_float32(samples, dtype):
    neck, head = _pair()
    # peaks of 255 and more, whose squares leave float16
    predictors = [*head.level_predictors.norms, head.refine_network.predict[1]]
    for norm in predictors:
        nn.init.constant_(norm.weight, 255.0)
    with torch.autocast('cpu', dtype=dtype):
        feats = neck(_feats())
        assert head(feats).dtype == dtype
        losses = head.loss(feats, samples)
    del losses['acc_pose']
    assert len(losses) == 5
    for name, loss in losses.items():
        assert loss.dtype == torch.float32, name
        assert loss.isfinite(), name
        # half of the mean square of such maps at least
        assert loss > 255**2 / 2 * 0.9, name
    sum(losses.values()).backward()
    for module in (neck, head):
        for name, parameter in module.named_parameters():
            assert parameter.grad.isfinite().all(), name
