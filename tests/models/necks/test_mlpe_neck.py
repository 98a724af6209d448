import math

import pytest
import torch
from mmpose.models.backbones import ResNeSt
from mmpose.registry import MODELS
from torch import nn

from mlpe_mmpose.models import MLPENeck

OPTIONS = [
    dict(feature_enhancement=enhance, upsample=upsample, lateral_fusion=fuse)
    for enhance in (True, False)
    for upsample in ('deconv', 'bilinear')
    for fuse in (True, False)
]


def _sizes(height: int, width: int, levels: int) -> list[tuple[int, int]]:
    """Stride 4, 8, ... of an image, odd sizes rounded up as ResNets do."""
    sizes = [(math.ceil(height / 4), math.ceil(width / 4))]
    for _ in range(levels - 1):
        h, w = sizes[-1]
        sizes.append((math.ceil(h / 2), math.ceil(w / 2)))
    return sizes


def _feats(channels, height=64, width=48, batch=2) -> tuple[torch.Tensor]:
    sizes = _sizes(height, width, len(channels))
    return tuple(
        torch.randn(batch, c, *size)
        for c, size in zip(channels, sizes, strict=True)
    )


# 250x190: 63, 32, 16, 8 by 48, 24, 12, 6; 100x80: 25, 13, 7, 4 by 20, 10,
# 5, 3, so the coarse map doubled is larger than the fine one at every step
@pytest.mark.parametrize('image', [(64, 48), (250, 190), (100, 80), (33, 97)])
@pytest.mark.parametrize(
    'channels', [(8, 16, 32), (3, 5, 7, 11), (4, 4, 4, 4, 4)]
)
@pytest.mark.parametrize('options', OPTIONS)
def test_outputs_are_fine_to_coarse_with_the_sizes_of_the_inputs(
    image, channels, options
):
    neck = MLPENeck(channels, out_channels=6, **options)
    feats = _feats(channels, *image)
    outs = neck(feats)
    assert isinstance(outs, tuple)
    assert [out.shape for out in outs] == [
        (2, 6, *feat.shape[-2:]) for feat in feats
    ]


@pytest.mark.parametrize('image', [(100, 80), (250, 190)])
def test_the_paper_s_backbone_fits_at_odd_sizes(image):
    backbone = ResNeSt(50, out_indices=(0, 1, 2, 3))
    backbone.eval()
    with torch.no_grad():
        feats = backbone(torch.zeros(1, 3, *image))
        sizes = [feat.shape[-2:] for feat in feats]
        assert sizes == _sizes(*image, levels=4)
        for options in OPTIONS:
            neck = MLPENeck((256, 512, 1024, 2048), 4, **options).eval()
            assert [out.shape[-2:] for out in neck(feats)] == sizes


@pytest.mark.parametrize('upsample', ['deconv', 'bilinear'])
def test_without_fusion_finer_maps_give_nothing_but_their_size(upsample):
    channels = (3, 5, 7, 11)
    neck = MLPENeck(channels, 4, upsample=upsample).eval()
    feats = _feats(channels)
    other = tuple(torch.randn_like(feat) for feat in feats[:-1])
    for a, b in zip(neck(feats), neck(other + feats[-1:]), strict=True):
        assert torch.equal(a, b)
    # and no lateral is built for them: the release's 0.46 M unused ones
    assert len(neck.laterals) == 1


def test_convolutions_start_normal_with_the_std_of_the_release():
    # enough weights for 5 standard errors of a std, 1 / sqrt(2n), to be thin
    neck = MLPENeck((64, 64, 96), 48, upsample='bilinear', lateral_fusion=True)
    neck.init_weights()
    convs = [m for m in neck.modules() if isinstance(m, nn.Conv2d)]
    # three laterals, three reductions, two of the weighing, two upsamplings
    assert len(convs) == 10
    for conv in convs:
        size = conv.kernel_size[0]
        std = math.sqrt(2 / (size * size * conv.out_channels))
        ratio = (conv.weight / std).square().mean().sqrt().item()
        assert abs(ratio - 1) < 5 / math.sqrt(2 * conv.weight.numel())
        # a uniform distribution of that std ends at sqrt(3) = 1.73 std
        assert (conv.weight / std).abs().max() > 2.5
    for norm in neck.modules():
        if isinstance(norm, nn.BatchNorm2d):
            assert (norm.weight == 1).all()
            assert (norm.bias == 0).all()


def test_transposed_convolutions_keep_the_range_of_pytorch():
    neck = MLPENeck((4, 4, 4), out_channels=32)
    neck.init_weights()
    for stage in neck.upsamples:
        # uniform up to 1 / sqrt(fan in), which is 32 channels of 4 x 4
        bound = 1 / math.sqrt(32 * 4 * 4)
        weight = stage.deconv.weight
        assert 0.99 * bound < weight.abs().max() <= bound
        assert weight.std().item() == pytest.approx(bound / 3**0.5, rel=0.03)


@pytest.mark.parametrize('channels', [(8, 8), (8,) * 6])
def test_too_few_or_many_levels_are_refused(channels):
    with pytest.raises(ValueError, match='MLPENeck needs 3 to 5') as caught:
        MODELS.build(dict(type='MLPENeck', in_channels=channels))
    assert f'{len(channels)}: {channels}' in str(caught.value)


def test_unknown_upsampling_is_refused():
    with pytest.raises(ValueError, match=r"MLPENeck.*upsample='nearest'"):
        MLPENeck((8, 8, 8), upsample='nearest')


def test_features_of_another_backbone_are_refused():
    neck = MLPENeck((3, 5, 7), 4)
    with pytest.raises(
        AssertionError, match=r'MLPENeck.*\(3, 5, 7\).*\(3, 5, 8\)'
    ):
        neck(_feats((3, 5, 8)))
    with pytest.raises(AssertionError, match=r'gives \(3, 5, 7, 7\)'):
        neck(_feats((3, 5, 7, 7)))


def test_fewer_outputs_are_the_finest_ones():
    channels = (3, 5, 7, 11)
    neck, short = (MLPENeck(channels, 4, num_outs=n) for n in (None, 1))
    short.load_state_dict(neck.state_dict())
    feats = _feats(channels)
    (finest,) = short.eval()(feats)
    assert torch.equal(finest, neck.eval()(feats)[0])


@pytest.mark.parametrize('upsample', ['deconv', 'bilinear'])
def test_an_activation_after_upsampling_is_that_of_the_plain_maps(upsample):
    # one upsampling only, since the next one would read the activated map
    channels = (5, 7, 11)
    cfgs = dict(upsample=upsample, num_outs=2)
    plain = MLPENeck(channels, 4, **cfgs)
    active = MLPENeck(channels, 4, **cfgs, upsample_act_cfg=dict(type='ReLU'))
    active.load_state_dict(plain.state_dict())
    feats = _feats(channels)
    (_, wanted), (_, found) = plain(feats), active(feats)
    assert wanted.min() < 0
    assert torch.equal(found, wanted.relu())


@pytest.mark.parametrize('upsample', ['deconv', 'bilinear'])
def test_without_the_reduction_the_finer_maps_do_not_depend_on_it(upsample):
    channels = (3, 5, 7, 11)
    neck = MLPENeck(channels, 4, upsample=upsample, reduce_coarsest=False)
    feats = _feats(channels)
    before = neck(feats)
    nn.init.zeros_(neck.laterals[-1].conv.weight)
    nn.init.zeros_(neck.enhancement.weigh[-2].weight)
    after = neck(feats)
    assert not torch.equal(before[-1], after[-1])
    for one, other in zip(before[:-1], after[:-1], strict=True):
        assert torch.equal(one, other)


@pytest.mark.parametrize(
    'options',
    [
        dict(num_outs=0),
        dict(num_outs=5),
        dict(num_outs=1, reduce_coarsest=False),
    ],
)
def test_a_number_of_outputs_that_does_not_fit_is_refused(options):
    with pytest.raises(ValueError, match=r'MLPENeck .* needs num_outs from'):
        MLPENeck((3, 5, 7, 11), 4, **options)
