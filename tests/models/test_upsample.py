import pytest
import torch
from mmcv.cnn import ConvModule

from mlpe_mmpose.models.upsample import (
    BilinearStage,
    DeconvStage,
    ResizingConv2d,
    check_stage_options,
    resize,
)

NORM = dict(type='BN')


def test_resizing_keeps_the_four_corners_and_what_is_between_in_line():
    # corners aligned: 0, 2 over five cells is 0, 0.5, 1, 1.5, 2
    x = torch.tensor([[0.0, 2.0], [4.0, 6.0]]).view(1, 1, 2, 2)
    rows = torch.linspace(0, 4, 3)[:, None] + torch.linspace(0, 2, 5)
    assert torch.equal(resize(x, (3, 5))[0, 0], rows)


@pytest.mark.parametrize('fine', [(8, 6), (7, 6), (8, 5), (7, 5)])
@pytest.mark.parametrize('training', [True, False])
def test_deconv_gives_an_odd_size_by_leaving_out_the_last_row_or_column(
    fine, training
):
    # what it does at even sizes is proved by original_network
    stage = DeconvStage(5, 5, NORM, None).train(training)
    x = torch.randn(2, 5, 4, 3)
    expected = stage(x, (8, 6))[..., : fine[0], : fine[1]]
    assert torch.equal(stage(x, fine), expected)


@pytest.mark.parametrize('fine', [(8, 6), (7, 5), (9, 7)])
def test_bilinear_stage_gives_any_size(fine):
    stage = BilinearStage(5, 5, NORM, None)
    assert stage(torch.randn(2, 5, 4, 3), fine).shape[-2:] == fine


@pytest.mark.parametrize('training', [True, False])
@pytest.mark.parametrize('act_cfg', [None, dict(type='ReLU')])
def test_bilinear_stage_gives_what_cpn_computes_by_resizing_first(
    training, act_cfg
):
    stage = BilinearStage(4, 5, NORM, act_cfg).double()
    stage.train(training)
    x = torch.randn(2, 4, 6, 5).double()
    expected = ConvModule.forward(stage, resize(x, (11, 9)))
    torch.testing.assert_close(stage(x, (11, 9)), expected)


@pytest.mark.parametrize('bias', [True, False])
def test_a_resizing_convolution_is_one_of_the_joined_maps(bias):
    conv = ResizingConv2d(2 + 3 + 4, 5, 1, bias=bias).double()
    feats = [
        torch.randn(2, channels, *size, requires_grad=True).double()
        for channels, size in ((2, (12, 9)), (3, (6, 5)), (4, (3, 3)))
    ]
    joined = torch.cat([resize(feat, (12, 9)) for feat in feats], dim=1)
    expected = torch.nn.Conv2d.forward(conv, joined)
    torch.testing.assert_close(conv(feats), expected)
    assert list(conv.state_dict()) == ['weight', 'bias'][: 1 + bias]


def test_deconv_without_relu_gives_negative_values():
    stage = DeconvStage(3, 3, NORM, None)
    assert (stage(torch.randn(2, 3, 4, 4), (8, 8)) < 0).any()


@pytest.mark.parametrize('kind', [DeconvStage, BilinearStage])
def test_no_bias_precedes_a_normalisation(kind):
    stage = kind(4, 4, NORM, None)
    names = [name for name, _ in stage.named_parameters()]
    assert [name for name in names if name.endswith('bias')] == ['bn.bias']


@pytest.mark.parametrize('size', [(31, 8), (28, 8), (15, 4), (30, 4)])
def test_deconv_refuses_a_size_that_is_not_double(size):
    # a backbone that rounds 31 / 2 down gives 15, of which 30 cells would
    # come; one that keeps a size from stage to stage, half of the picture
    stage = DeconvStage(2, 2, NORM, None)
    with pytest.raises(AssertionError, match=r'DeconvStage.*15') as error:
        stage(torch.zeros(1, 2, 15, 4), size)
    assert f'to {size}' in str(error.value)


def test_an_unknown_mode_is_refused_and_the_message_names_the_owner():
    owner, norm_cfg = torch.nn.Identity(), dict(type='BN')
    check_stage_options(owner, 'deconv', norm_cfg)
    check_stage_options(owner, 'bilinear', norm_cfg)
    with pytest.raises(
        ValueError, match=r"Identity.*'deconv', 'bilinear'.*upsample='nearest'"
    ):
        check_stage_options(owner, 'nearest', norm_cfg)
