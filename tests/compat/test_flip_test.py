"""Heatmaps with offsets are flipped in any memory format."""

import sys

import pytest
import torch
from mmpose.models.utils.tta import flip_heatmaps

HEADS = [
    module
    for name, module in sys.modules.items()
    if name.startswith('mmpose.models.heads.')
    and 'flip_heatmaps' in vars(module)
]


def test_every_head_of_mmpose_has_the_function():
    assert len(HEADS) > 3
    assert {module.flip_heatmaps for module in HEADS} == {flip_heatmaps}


@pytest.mark.parametrize('mode', ['heatmap', 'udp_combined', 'offset'])
def test_maps_with_the_channels_last_are_flipped_as_others(mode):
    number = 17 * dict(heatmap=1, udp_combined=3, offset=2)[mode]
    maps = torch.rand(2, number, 8, 6)
    last = maps.to(memory_format=torch.channels_last)
    arguments = dict(
        flip_indices=[*range(17)][::-1], flip_mode=mode, shift_heatmap=False
    )
    found = flip_heatmaps(last, **arguments)
    stock = flip_heatmaps.__wrapped__
    assert torch.equal(found, stock(maps, **arguments))
