"""The fused copy of a model computes the same as the model."""

import copy

import numpy as np
import pytest
import torch
from exported import CONFIGS, small_mlpe
from mmengine.config import Config
from mmengine.model import revert_sync_batchnorm
from mmpose.apis import inference_topdown
from mmpose.models import build_pose_estimator
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

from mlpe_mmpose.apis import fuse
from mlpe_mmpose.apis.fuse import FusedPoseEstimator

SHIPPED = [
    'mlpe_resnest50_256x192.py',
    'mlpe_tiny_synthetic.py',
    'ablation/mlpe_a_resnest50_256x192.py',
    'ablation/mlpe_d_resnest50_256x192.py',
    'cpn/cpn_resnet50_256x192.py',
    'mlpe_resnest101_384x288.py',
]
# [w, h], the smallest that every backbone halves five times
SIZE = (64, 96)
RESNET = dict(type='ResNet', depth=18, base_channels=8)
RESNEST = dict(type='ResNeSt', depth=50, base_channels=8, stem_channels=8)


def trained_like(model: nn.Module) -> nn.Module:
    """Statistics, scales and shifts that no normalisation starts with."""
    generator = torch.Generator().manual_seed(1)
    for layer in model.modules():
        if isinstance(layer, _BatchNorm):
            layer.running_mean.normal_(0, 0.2, generator=generator)
            layer.running_var.uniform_(0.5, 2, generator=generator)
            layer.weight.data.uniform_(0.5, 1.5, generator=generator)
            layer.bias.data.normal_(0, 0.2, generator=generator)
    return model.eval()


def build(path: str, **backbone: object) -> nn.Module:
    config = Config.fromfile(CONFIGS / path)
    config.model.backbone.update(init_cfg=None, **backbone)
    return trained_like(build_pose_estimator(config.model))


def stock(backbone: dict, channels: int, **head: object) -> nn.Module:
    """A small model of MMPose's own parts."""
    head = dict(
        type='HeatmapHead', in_channels=channels, out_channels=17, **head
    )
    model = dict(type='TopdownPoseEstimator', backbone=backbone, head=head)
    return trained_like(build_pose_estimator(model))


@torch.no_grad()
def difference(model: nn.Module, fused: nn.Module) -> float:
    """Of the heatmaps of two images, relative to their range."""
    images = torch.randn(2, 3, *reversed(SIZE))
    expected = model(images, None)
    spread = expected.max() - expected.min()
    return ((fused(images, None) - expected).abs().max() / spread).item()


def norms(model: nn.Module, *parts: str) -> list[str]:
    """Names of the normalisations that are left in these parts."""
    return [
        name
        for name, layer in model.named_modules()
        if isinstance(layer, _BatchNorm) and name.startswith(parts)
    ]


@pytest.mark.parametrize('path', SHIPPED)
def test_all_norms_of_a_shipped_model_are_folded_and_heatmaps_are_equal(path):
    model = build(path)
    fused = fuse(model, SIZE)
    assert difference(model, fused) < 1e-5
    # the level predictions run in training only
    assert not norms(fused, 'backbone', 'neck', 'head.refine_network')


def test_norms_that_were_synchronised_in_training_are_folded():
    # init_model makes of SyncBN a class of MMEngine's
    norm = dict(norm_cfg=dict(type='SyncBN'))
    config = Config.fromfile(CONFIGS / 'mlpe_tiny_synthetic.py')
    for part in ('backbone', 'neck', 'head'):
        config.model[part].update(norm)
    model = revert_sync_batchnorm(build_pose_estimator(config.model))
    fused = fuse(trained_like(model), SIZE)
    assert difference(model, fused) < 1e-5
    assert norms(model, 'neck')
    assert not norms(fused, 'backbone', 'neck', 'head.refine_network')


def hrnet() -> dict:
    """HRNet of two stages, four channels wide."""
    stage = dict(num_modules=1, num_blocks=(1,), num_channels=(4,))
    two = dict(num_branches=2, block='BASIC', num_modules=1)
    two.update(num_blocks=(1, 1), num_channels=(4, 8))
    return dict(
        type='HRNet',
        extra=dict(
            stage1=dict(stage, num_branches=1, block='BOTTLENECK'),
            stage2=two,
            stage3=dict(two, multiscale_output=True),
            stage4=dict(two, multiscale_output=False),
        ),
    )


@pytest.mark.parametrize(
    ('backbone', 'channels', 'deconvs'),
    [
        (RESNET, 64, (8, 8)),
        (dict(RESNET, deep_stem=True, avg_down=True), 64, (8,)),
        (RESNEST, 256, (8,)),
        (hrnet(), 4, None),
        (dict(type='MobileNetV2', out_indices=(7,)), 1280, (8,)),
    ],
    ids=['simple_baseline', 'resnet_v1d', 'resnest', 'hrnet', 'mobilenet'],
)
def test_all_norms_of_stock_models_are_folded_and_heatmaps_are_equal(
    backbone, channels, deconvs
):
    sizes = None if deconvs is None else (4,) * len(deconvs)
    model = stock(
        backbone,
        channels,
        deconv_out_channels=deconvs,
        deconv_kernel_sizes=sizes,
    )
    fused = fuse(model, SIZE)
    assert difference(model, fused) < 1e-5
    assert not norms(fused, 'backbone', 'head')


def test_maps_stay_channels_last_through_split_attention():
    fused = fuse(stock(RESNEST, 256, deconv_out_channels=None), SIZE)
    inputs = []
    for layer in fused.modules():
        if isinstance(layer, nn.Conv2d):
            layer.register_forward_pre_hook(lambda _, x: inputs.append(x[0]))
    with torch.no_grad():
        fused(torch.randn(2, 3, *SIZE), None)
    last = torch.channels_last
    assert len(inputs) > 50
    # but for the first layer's, the images as they come
    assert all(x.is_contiguous(memory_format=last) for x in inputs[1:])


def test_the_model_is_not_changed():
    model = build('mlpe_tiny_synthetic.py').train()
    before = copy.deepcopy(model.state_dict())
    state = torch.random.get_rng_state()
    fuse(model)
    assert torch.equal(torch.random.get_rng_state(), state)
    after = model.state_dict()
    assert after.keys() == before.keys()
    assert all(torch.equal(after[key], before[key]) for key in before)
    assert model.training
    assert all(p.requires_grad for p in model.parameters())
    assert not any(layer._forward_hooks for layer in model.modules())


def test_the_copy_refuses_to_train():
    fused = fuse(build('mlpe_tiny_synthetic.py'))
    assert isinstance(fused.eval(), FusedPoseEstimator)
    assert not any(layer.training for layer in fused.modules())
    assert not any(p.requires_grad for p in fused.parameters())
    with pytest.raises(RuntimeError, match=r'FusedPoseEstimator.train .*only'):
        fused.train()
    with pytest.raises(RuntimeError, match=r'FusedPoseEstimator.loss .*only'):
        fused(torch.zeros(1, 3, 128, 96), [], mode='loss')


@pytest.mark.parametrize('flip_test', [True, False])
def test_inference_topdown_accepts_the_copy(tmp_path, flip_test):
    model = small_mlpe(tmp_path).model(flip_test=flip_test)
    image = np.random.default_rng(0).integers(0, 256, (90, 70, 3), np.uint8)
    boxes = np.array([[5, 5, 40, 60], [20, 10, 66, 85]], np.float32)
    expected = inference_topdown(model, image, boxes)
    results = inference_topdown(fuse(model), image, boxes)
    for result, wanted in zip(results, expected, strict=True):
        result, wanted = result.pred_instances, wanted.pred_instances
        np.testing.assert_allclose(
            result.keypoints, wanted.keypoints, atol=1e-3
        )
        np.testing.assert_allclose(
            result.keypoint_scores, wanted.keypoint_scores, atol=1e-4
        )


class Odd(nn.Module):
    """Normalisations of which only the last can become part of one layer."""

    def __init__(self) -> None:
        super().__init__()
        self.rectified = nn.Conv2d(3, 8, 3, padding=1)
        self.relu = nn.ReLU(inplace=True)
        self.after_relu = nn.BatchNorm2d(8)
        self.grouped = nn.ConvTranspose2d(8, 8, 2, stride=2, groups=2)
        self.after_grouped = nn.BatchNorm2d(8)
        self.narrow = nn.Conv2d(8, 4, 1)
        self.before_narrow = nn.BatchNorm2d(8)
        self.last = nn.Conv2d(4, 8, 1)
        self.after_last = nn.BatchNorm2d(8)

    def forward(self, x):
        x = self.after_relu(self.relu(self.rectified(x)))
        x = self.after_grouped(self.grouped(x))
        x = self.narrow(self.before_narrow(x))
        return (self.after_last(self.last(x)),)


def test_only_a_normalisation_of_a_convolutions_own_output_is_folded():
    model = stock(dict(type=Odd), 8, deconv_out_channels=None)
    fused = fuse(model, SIZE)
    assert difference(model, fused) < 1e-5
    assert norms(fused, 'backbone') == [
        'backbone.after_relu',
        'backbone.after_grouped',
        'backbone.before_narrow',
    ]


class Forked(nn.Module):
    """A map that is needed both as it is and normalised."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 1)
        self.norm = nn.BatchNorm2d(8)

    def forward(self, x):
        x = self.conv(x)
        return (x + self.norm(x),)


class Repeated(nn.Module):
    """A convolution that runs twice, and is normalised once."""

    def __init__(self) -> None:
        super().__init__()
        self.widen = nn.Conv2d(3, 8, 1)
        self.conv = nn.Conv2d(8, 8, 1)
        self.norm = nn.BatchNorm2d(8)

    def forward(self, x):
        return (self.conv(self.norm(self.conv(self.widen(x)))),)


@pytest.mark.parametrize('backbone', [Forked, Repeated])
def test_a_copy_that_computes_something_else_is_refused(backbone):
    model = stock(dict(type=backbone), 8, deconv_out_channels=None)
    with pytest.raises(RuntimeError, match='differ from those of the model'):
        fuse(model, SIZE)


def test_models_that_cannot_be_fused_are_refused():
    model = stock(RESNET, 64, deconv_out_channels=None)
    with pytest.raises(ValueError, match='input_size=None'):
        fuse(model)
    with pytest.raises(ValueError, match='got FusedPoseEstimator'):
        fuse(fuse(model, SIZE), SIZE)
    with pytest.raises(ValueError, match=r'got ResNet.*fuse=False'):
        fuse(model.backbone, SIZE)
