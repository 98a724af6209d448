import pytest
import torch
from mmpose.models.losses import KeypointOHKMMSELoss
from mmpose.registry import MODELS

from mlpe_mmpose.models import MLPEOHKMLoss


def _maps(*values: float) -> torch.Tensor:
    """(1, K, 1, 1): with an all-zero target, losses are values squared."""
    return torch.tensor(values).view(1, -1, 1, 1)


def test_topk_keeps_the_two_hardest_keypoints():
    # per-keypoint MSE is (1, 4, 9); the two hardest average to 6.5
    output = _maps(1.0, 3.0, 2.0)
    loss = MLPEOHKMLoss(topk=2)(output, torch.zeros_like(output))
    assert loss.item() == 6.5


def test_a_config_builds_it_by_its_name_with_its_weight():
    loss = MODELS.build(dict(type='MLPEOHKMLoss', topk=1, loss_weight=0.25))
    output = _maps(1.0, 2.0)
    assert loss(output, torch.zeros_like(output)).item() == 0.25 * 4


def test_hard_keypoints_are_chosen_for_each_person_apart():
    # losses (9, 4, 1) and (0.16, 0.01, 0); the four hardest of the batch
    # would be 9, 4, 1, 0.16
    output = torch.tensor([[3.0, 2, 1], [0.4, 0.1, 0]]).view(2, 3, 1, 1)
    loss = MLPEOHKMLoss(topk=2)(output, torch.zeros_like(output))
    expected = ((9 + 4) / 2 + (0.16 + 0.01) / 2) / 2
    assert loss.item() == pytest.approx(expected)


@pytest.mark.parametrize('topk', [1, 3, 8, 17])
def test_value_and_gradient_equal_the_stock_loss_for_weights_of_0_and_1(topk):
    for batch in (1, 4):
        output = torch.randn(batch, 17, 6, 5, requires_grad=True)
        target = torch.randn(batch, 17, 6, 5)
        weights = (torch.rand(batch, 17) < 0.6).float()
        stock = KeypointOHKMMSELoss(
            use_target_weight=True, topk=topk, loss_weight=0.7
        )(output, target, weights)
        ours = MLPEOHKMLoss(topk, loss_weight=0.7)(output, target, weights)
        torch.testing.assert_close(ours, stock)
        torch.testing.assert_close(
            torch.autograd.grad(ours, output)[0],
            torch.autograd.grad(stock, output)[0],
        )


def test_without_weights_every_keypoint_counts():
    output, target = torch.randn(2, 2, 9, 4, 4).unbind()
    loss = MLPEOHKMLoss(topk=4)
    assert loss(output, target) == loss(output, target, torch.ones(2, 9))


def test_a_weight_counts_once():
    # MSE (1, 4, 9) times (1, 0.5, 0.5); squared, 9 / 4 would be hardest
    output = _maps(1.0, 2.0, 3.0)
    weights = torch.tensor([[1.0, 0.5, 0.5]])
    loss = MLPEOHKMLoss(topk=2)
    value = loss(output, torch.zeros_like(output), weights)
    assert value.item() == (0.5 * 9 + 0.5 * 4) / 2


def test_a_weight_decides_which_keypoints_are_hard():
    # 9 * 0.1 is below 1 * 1
    output = _maps(1.0, 3.0)
    weights = torch.tensor([[1.0, 0.1]])
    value = MLPEOHKMLoss(topk=1)(output, torch.zeros_like(output), weights)
    assert value.item() == 1.0


def test_the_mean_is_over_topk_however_few_are_labelled():
    # CPN and the stock loss divide by topk, not by the labelled
    output = _maps(2.0, 5.0, 5.0)
    weights = torch.tensor([[1.0, 0.0, 0.0]])
    value = MLPEOHKMLoss(topk=2)(output, torch.zeros_like(output), weights)
    assert value.item() == (4 + 0) / 2


def test_nothing_labelled_gives_zero_and_zero_gradients():
    output = torch.randn(2, 9, 4, 4, requires_grad=True)
    loss = MLPEOHKMLoss()(output, torch.randn(2, 9, 4, 4), torch.zeros(2, 9))
    loss.backward()
    assert loss.item() == 0
    assert torch.equal(output.grad, torch.zeros_like(output))


@pytest.mark.parametrize('weights', [None, torch.zeros(0, 9)])
def test_a_batch_without_persons_gives_zero_and_a_path_for_gradients(weights):
    # the network of a process without persons takes part in DDP's exchange
    layer = torch.nn.Conv2d(2, 9, 1)
    output = layer(torch.randn(0, 2, 4, 4))
    loss = MLPEOHKMLoss()(output, torch.randn(0, 9, 4, 4), weights)
    loss.backward()
    assert loss.item() == 0
    assert all((p.grad == 0).all() for p in layer.parameters())


@pytest.mark.parametrize('dtype', [torch.float16, torch.bfloat16])
def test_half_precision_maps_are_summed_in_float32(dtype):
    # 300 squared is 90,000; float16 ends at 65,504
    output = torch.full((1, 8, 4, 4), 300.0, dtype=dtype, requires_grad=True)
    loss = MLPEOHKMLoss()(output, torch.zeros(1, 8, 4, 4))
    loss.backward()
    assert loss.dtype == torch.float32
    assert loss.item() == output[0, 0, 0, 0].item() ** 2
    assert output.grad.isfinite().all()


@pytest.mark.parametrize('dtype', [torch.float64, torch.int64, torch.bool])
def test_weights_of_any_type_give_a_loss_of_float32(dtype):
    output = torch.ones(1, 2, 4, 4)
    weights = torch.tensor([[1, 0]], dtype=dtype)
    loss = MLPEOHKMLoss(topk=1)(output, torch.zeros_like(output), weights)
    assert loss.dtype == torch.float32
    assert loss.item() == 1


def test_more_hard_keypoints_than_keypoints_are_refused():
    output = torch.zeros(1, 5, 2, 2)
    with pytest.raises(ValueError, match=r'MLPEOHKMLoss.*topk=8.*\b5 keyp'):
        MLPEOHKMLoss(topk=8)(output, output)


@pytest.mark.parametrize(
    ('keypoints', 'hard'),
    [(17, 8), (14, 7), (16, 8), (133, 63), (5, 2), (1, 1)],
)
def test_by_default_the_share_of_hard_keypoints_is_cpns(keypoints, hard):
    # per-keypoint losses are 1, 4, 9, ...: squares of the outputs
    values = torch.arange(1.0, keypoints + 1)
    output = values.view(1, -1, 1, 1)
    loss = MLPEOHKMLoss()(output, torch.zeros_like(output))
    expected = (values[-hard:] ** 2).mean()
    assert loss.item() == pytest.approx(expected.item())


@pytest.mark.parametrize('topk', [0, -1])
def test_no_hard_keypoint_is_refused(topk):
    with pytest.raises(ValueError, match=f'MLPEOHKMLoss.*topk={topk}'):
        MLPEOHKMLoss(topk=topk)


def test_target_of_another_shape_is_refused():
    # (2, 9, 1, 1) would broadcast
    with pytest.raises(
        AssertionError, match=r'MLPEOHKMLoss.*\(2, 9, 4, 4\).*\(2, 9, 1, 1\)'
    ):
        MLPEOHKMLoss()(torch.zeros(2, 9, 4, 4), torch.zeros(2, 9, 1, 1))


def test_weights_of_another_shape_are_refused():
    # (2, 1) would broadcast
    output = torch.zeros(2, 9, 4, 4)
    with pytest.raises(
        AssertionError, match=r'MLPEOHKMLoss.*\(2, 1\).*2 persons.*9 key'
    ):
        MLPEOHKMLoss()(output, output, torch.zeros(2, 1))


def test_recording_counts_who_was_picked_and_labelled_and_changes_nothing():
    # losses of two persons are squares; the second has two labelled only
    output = torch.tensor([[1.0, 3, 2, 4], [5, 6, 7, 8]]).view(2, 4, 1, 1)
    weights = torch.tensor([[1.0, 1, 1, 1], [1, 0, 0, 1]])
    plain, recording = MLPEOHKMLoss(topk=3), MLPEOHKMLoss(topk=3)
    recording.recording = True
    args = output, torch.zeros_like(output), weights
    assert recording(*args) == plain(*args)
    assert recording.picked.tolist() == [1, 1, 1, 2]
    assert recording.labelled.tolist() == [2, 1, 1, 2]
    assert plain.picked is None
