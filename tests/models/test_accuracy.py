import numpy as np
import pytest
import torch
from mmpose.evaluation.functional import pose_pck_accuracy as stock_accuracy

from mlpe_mmpose.models.accuracy import pose_pck_accuracy


def _peaks(cells: list[tuple[int, int]], size: tuple[int, int]):
    """(1, K, H, W), a single one at the (x, y) of each keypoint."""
    width, height = size
    maps = torch.zeros(1, len(cells), height, width)
    for k, (x, y) in enumerate(cells):
        maps[0, k, y, x] = 1
    return maps


def test_share_of_near_maxima_by_hand():
    # thr 0.05 of 60 cells is 3 cells: distances 0, 2, 4 and, unmasked, 9
    size = (60, 60)
    target = _peaks([(10, 10)] * 4, size)
    output = _peaks([(10, 10), (12, 10), (10, 14), (19, 10)], size)
    mask = torch.tensor([[True, True, True, False]])
    assert pose_pck_accuracy(output, target, mask).item() == pytest.approx(
        2 / 3
    )


def test_keypoints_are_averaged_before_they_are_averaged_together():
    # keypoint 0 counts in both persons (1 of 2), keypoint 1 in one (1 of 1)
    target = _peaks([(2, 2), (2, 2)], (20, 20)).repeat(2, 1, 1, 1)
    output = target.clone()
    output[1, 0] = output[1, 0].roll(9, dims=-1)
    mask = torch.tensor([[True, True], [True, False]])
    assert pose_pck_accuracy(output, target, mask).item() == (1 / 2 + 1) / 2


@pytest.mark.parametrize('size', [(12, 16), (48, 64), (72, 96), (64, 48)])
@pytest.mark.parametrize('thr', [0.05, 0.3])
def test_equals_the_stock_average_over_random_maps(size, thr):
    width, height = size
    for share_labelled in (1.0, 0.5, 0.05, 0.0):
        target = torch.rand(5, 17, height, width)
        # half of the maxima stay, the others move or vanish
        output = target + 0.3 * torch.rand_like(target)
        output[:, ::2] = target[:, ::2].roll((1, 2), dims=(-2, -1))
        output[0, 1], target[1, 2], output[2, 3] = 0, -1, -1
        mask = torch.rand(5, 17) < share_labelled
        _, stock, _ = stock_accuracy(
            output.numpy(), target.numpy(), mask.numpy(), thr
        )
        ours = pose_pck_accuracy(output, target, mask, thr)
        assert ours.item() == pytest.approx(float(stock), abs=1e-6)


@pytest.mark.parametrize('size', [(20, 20), (40, 20), (20, 40)])
def test_a_distance_of_exactly_the_threshold_is_not_near(size):
    # one cell of 20 is 0.05; stock divides x by the height, y by the width
    target = _peaks([(5, 5)] * 4, size)
    output = _peaks([(6, 5), (5, 6), (7, 5), (5, 7)], size)
    mask = torch.ones(1, 4, dtype=torch.bool)
    _, stock, _ = stock_accuracy(output.numpy(), target.numpy(), mask.numpy())
    assert pose_pck_accuracy(output, target, mask).item() == stock


def test_nothing_labelled_gives_zero_as_in_stock():
    maps = torch.rand(2, 3, 4, 4)
    mask = torch.zeros(2, 3, dtype=torch.bool)
    assert pose_pck_accuracy(maps, maps, mask).item() == 0
    assert stock_accuracy(maps.numpy(), maps.numpy(), mask.numpy())[1] == 0


def test_it_has_no_gradient_and_leaves_its_input_alone():
    output = torch.rand(2, 3, 4, 4, requires_grad=True)
    before = output.detach().clone()
    mask = torch.from_numpy(np.ones((2, 3), dtype=bool))
    accuracy = pose_pck_accuracy(output, before, mask)
    assert not accuracy.requires_grad
    assert accuracy.item() == 1
    assert torch.equal(output, before)
