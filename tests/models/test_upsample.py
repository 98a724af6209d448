import pytest
import torch
import torch.nn.functional as F

from mlpe_mmpose.models.upsample import (
    BilinearStage,
    DeconvStage,
    check_upsample,
    resize,
)


def test_resizing_keeps_the_four_corners_and_what_is_between_in_line():
    # corners aligned: 0, 2 over five cells is 0, 0.5, 1, 1.5, 2
    x = torch.tensor([[0.0, 2.0], [4.0, 6.0]]).view(1, 1, 2, 2)
    rows = torch.linspace(0, 4, 3)[:, None] + torch.linspace(0, 2, 5)
    assert torch.equal(resize(x, (3, 5))[0, 0], rows)


@pytest.mark.parametrize(
    ('coarse', 'fine'),
    [((4, 3), (8, 6)), ((4, 3), (7, 6)), ((4, 3), (8, 5)), ((4, 3), (7, 5))],
)
@pytest.mark.parametrize('relu', [False, True])
def test_deconv_doubles_normalises_and_crops(coarse, fine, relu):
    stage = DeconvStage(5, relu=relu)
    x = torch.randn(2, 5, *coarse)
    doubled = F.conv_transpose2d(
        x.double(), stage.deconv.weight.double(), stride=2, padding=1
    )
    # batch normalisation of a fresh layer: biased variance, eps 1e-5
    mean = doubled.mean((0, 2, 3), keepdim=True)
    var = doubled.var((0, 2, 3), correction=0, keepdim=True)
    expected = ((doubled - mean) / (var + 1e-5).sqrt())[
        ..., : fine[0], : fine[1]
    ]
    expected = expected.relu() if relu else expected
    torch.testing.assert_close(
        stage(x, fine).double(), expected, rtol=1e-4, atol=1e-4
    )


def test_deconv_without_relu_gives_negative_values():
    out = DeconvStage(3, relu=False)(torch.randn(2, 3, 4, 4), (8, 8))
    assert (out < 0).any()


@pytest.mark.parametrize('fine', [(8, 6), (7, 5), (9, 7)])
def test_bilinear_stage_resizes_then_mixes_then_normalises(fine):
    stage = BilinearStage(5).eval()
    stage.bn.running_mean.uniform_()
    stage.bn.running_var.uniform_(1, 2)
    x = torch.randn(2, 5, 4, 3)
    large = F.interpolate(
        x.double(), fine, mode='bilinear', align_corners=True
    )
    mixed = torch.einsum(
        'oi,bihw->bohw', stage.conv.weight.double()[..., 0, 0], large
    )
    mean, var = stage.bn.running_mean, stage.bn.running_var
    expected = (mixed - mean.double().view(1, -1, 1, 1)) / (
        var.double().view(1, -1, 1, 1) + 1e-5
    ).sqrt()
    torch.testing.assert_close(
        stage(x, fine).double(), expected, rtol=1e-4, atol=1e-5
    )


@pytest.mark.parametrize('stage', [DeconvStage(4, False), BilinearStage(4)])
def test_no_bias_precedes_a_normalisation(stage):
    names = [name for name, _ in stage.named_parameters()]
    assert [name for name in names if name.endswith('bias')] == ['bn.bias']


def test_deconv_refuses_a_size_that_it_cannot_reach():
    # a backbone that rounds 31 / 2 down; silently, 30 cells would come out
    with pytest.raises(AssertionError, match=r'DeconvStage.*15.*31'):
        DeconvStage(2, relu=False)(torch.zeros(1, 2, 15, 4), (31, 8))


def test_unknown_mode_is_refused_in_the_name_of_its_owner():
    owner = torch.nn.Identity()
    check_upsample(owner, 'deconv')
    check_upsample(owner, 'bilinear')
    with pytest.raises(
        ValueError, match=r"Identity.*'deconv', 'bilinear'.*upsample='nearest'"
    ):
        check_upsample(owner, 'nearest')
