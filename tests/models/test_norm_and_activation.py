"""Normalisation, activation and initialisation are those of the config."""

import copy

import numpy as np
import pytest
import torch
from mmengine.model import revert_sync_batchnorm
from mmpose.registry import MODELS
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

from mlpe_mmpose.models import MLPEHead, MLPENeck

CHANNELS = 8
SIZES = [(20, 16), (10, 8), (5, 4), (3, 2)]
CODEC = dict(
    type='MLPEHeatmap',
    input_size=(64, 80),
    heatmap_size=(16, 20),
    kernel_sizes=(9, 7, 5, 3),
)
GN = dict(type='GN', num_groups=2)
SYNC = dict(type='SyncBN', momentum=0.05)
HEATMAP_NORMS = {
    '1.refine_network.predict.1',
    *(f'1.level_predictors.norms.{level}' for level in range(4)),
}


def _pair(upsample: str = 'deconv', **options: object) -> nn.ModuleList:
    """A narrow neck and head, from configs."""
    options = dict(options, upsample=upsample)
    neck = dict(type='MLPENeck', in_channels=(CHANNELS,) * 4)
    head = dict(type='MLPEHead', in_channels=CHANNELS, decoder=CODEC)
    neck.update(options, out_channels=CHANNELS, lateral_fusion=True)
    return nn.ModuleList(
        [MODELS.build(neck), MODELS.build(dict(head, **options))]
    )


def _feats(batch: int) -> tuple[torch.Tensor, ...]:
    return tuple(torch.randn(batch, CHANNELS, *size) for size in SIZES)


def _norms(pair: nn.ModuleList) -> dict[str, nn.Module]:
    kinds = (_BatchNorm, nn.GroupNorm)
    return {n: m for n, m in pair.named_modules() if isinstance(m, kinds)}


@pytest.fixture(scope='module')
def samples(coco_dataset) -> list:
    """Three persons, through the real pipeline."""
    pipeline = [
        dict(type='LoadImage'),
        dict(type='GetBBoxCenterScale'),
        dict(type='TopdownAffine', input_size=CODEC['input_size']),
        dict(type='GenerateTarget', encoder=CODEC),
        dict(type='PackPoseInputs'),
    ]
    flags = np.random.default_rng(0).integers(0, 3, (3, 17))
    dataset = coco_dataset(flags, pipeline)
    return [dataset[i]['data_samples'] for i in range(3)]


@pytest.mark.parametrize('upsample', ['deconv', 'bilinear'])
@pytest.mark.parametrize(
    ('norm_cfg', 'kind', 'of_heatmaps'),
    [
        (None, nn.BatchNorm2d, nn.BatchNorm2d),
        (SYNC, nn.SyncBatchNorm, nn.SyncBatchNorm),
        (GN, nn.GroupNorm, nn.BatchNorm2d),
        (dict(GN, type=nn.GroupNorm), nn.GroupNorm, nn.BatchNorm2d),
    ],
)
def test_norms_are_of_the_given_kind_but_heatmaps_have_batch_norms(
    norm_cfg, kind, of_heatmaps, upsample
):
    options = {} if norm_cfg is None else dict(norm_cfg=norm_cfg)
    norms = _norms(_pair(upsample, **options))
    assert set(norms) > HEATMAP_NORMS
    for name, norm in norms.items():
        expected = of_heatmaps if name in HEATMAP_NORMS else kind
        assert isinstance(norm, expected), name
        if norm_cfg is SYNC:
            assert norm.momentum == 0.05
    # as in MMPose, the name says the kind
    short = 'gn' if kind is nn.GroupNorm else 'bn'
    assert {f'0.upsamples.{i}.{short}' for i in range(3)} < set(norms)


@pytest.mark.parametrize('norm_cfg', [GN, SYNC])
@pytest.mark.parametrize('upsample', ['deconv', 'bilinear'])
def test_another_norm_trains(samples, norm_cfg, upsample):
    neck, head = pair = _pair(upsample, norm_cfg=norm_cfg).train()
    feats = _feats(batch=3)
    optimizer = torch.optim.Adam(pair.parameters(), lr=1e-2)
    history = []
    for _ in range(5):
        losses = head.loss(neck(feats), samples)
        total = sum(loss for name, loss in losses.items() if 'loss' in name)
        optimizer.zero_grad()
        total.backward()
        for name, parameter in pair.named_parameters():
            assert parameter.grad.isfinite().all(), name
        optimizer.step()
        history.append(total.item())
    assert history == sorted(history, reverse=True)


def test_sync_bn_is_batch_norm_in_one_process():
    pair = _pair(norm_cfg=dict(type='SyncBN'))
    plain = _pair()
    # a checkpoint of the one is one of the other
    plain.load_state_dict(pair.state_dict(), strict=True)
    reverted = revert_sync_batchnorm(copy.deepcopy(pair))
    feats = _feats(batch=2)
    for mode in (True, False):
        outputs = [
            head(neck(feats))
            for neck, head in (m.train(mode) for m in (pair, plain, reverted))
        ]
        assert torch.equal(outputs[0], outputs[1])
        assert torch.equal(outputs[0], outputs[2])


@pytest.mark.parametrize('act_cfg', [dict(type='GELU'), dict(type='SiLU')])
def test_the_activation_stands_wherever_a_relu_stood(act_cfg):
    relus = [m for m in _pair().modules() if isinstance(m, nn.ReLU)]
    pair = _pair(act_cfg=act_cfg)
    kind = MODELS.get(act_cfg['type'])
    found = [m for m in pair.modules() if isinstance(m, kind)]
    assert len(found) == len(relus)
    assert not any(isinstance(m, nn.ReLU) for m in pair.modules())
    neck, head = pair
    head(neck(_feats(batch=2))).square().mean().backward()


def test_relus_work_in_place_by_default():
    relus = [m for m in _pair().modules() if isinstance(m, nn.ReLU)]
    assert relus
    assert all(relu.inplace for relu in relus)


def test_without_an_activation_none_is_built():
    pair = _pair(act_cfg=None)
    assert not any(isinstance(m, nn.ReLU) for m in pair.modules())
    neck, head = pair
    assert head(neck(_feats(batch=2))).isfinite().all()


@pytest.mark.parametrize('which', [0, 1], ids=['neck', 'head'])
def test_an_init_cfg_reaches_every_convolution(which):
    init_cfg = dict(
        type='Constant', layer=['Conv2d', 'ConvTranspose2d'], val=0.5
    )
    module = _pair(init_cfg=init_cfg)[which]
    module.init_weights()
    kinds = (nn.Conv2d, nn.ConvTranspose2d)
    convs = [m for m in module.modules() if isinstance(m, kinds)]
    assert len(convs) > 10
    assert all((conv.weight == 0.5).all() for conv in convs)


@pytest.mark.parametrize(
    ('build', 'name'),
    [
        (lambda **cfg: MLPENeck((8, 8, 8), 8, **cfg), 'MLPENeck'),
        (MLPEHead, 'MLPEHead'),
    ],
)
def test_a_network_without_norms_is_refused(build, name):
    with pytest.raises(ValueError, match=f'{name} needs .*norm_cfg=None'):
        build(norm_cfg=None)
