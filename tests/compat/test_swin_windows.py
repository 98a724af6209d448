"""An exported Swin Transformer keeps the images of a batch apart."""

import pytest
import torch
from exported import skip_if_torch_is_too_old
from mmpose.models.backbones.swin import ShiftWindowMSA


@pytest.mark.parametrize('batch', [1, 5])
def test_a_batch_of_another_size_than_the_traced_one_has_the_same_maps(batch):
    skip_if_torch_is_too_old()
    # 7 x 5 cells are padded to 9 x 6
    attention = ShiftWindowMSA(4, 2, window_size=3, shift_size=1).eval()
    program = torch.export.export(
        attention,
        (torch.zeros(2, 35, 4), (7, 5)),
        dynamic_shapes=({0: torch.export.Dim('batch')}, (None, None)),
    )
    maps = torch.randn(batch, 35, 4)
    with torch.no_grad():
        found = program.module()(maps, (7, 5))
        torch.testing.assert_close(found, attention(maps, (7, 5)))
