"""Heatmaps with offsets are flipped in any memory format."""

import pytest
import torch
from mmpose.models.heads.heatmap_heads import heatmap_head
from mmpose.models.utils.tta import flip_heatmaps


@pytest.mark.parametrize('mode', ['heatmap', 'udp_combined'])
def test_maps_with_the_channels_last_are_flipped_as_others(mode):
    number = 17 * (3 if mode == 'udp_combined' else 1)
    maps = torch.rand(2, number, 8, 6)
    last = maps.to(memory_format=torch.channels_last)
    arguments = dict(
        flip_indices=[*range(17)][::-1], flip_mode=mode, shift_heatmap=False
    )
    found = heatmap_head.flip_heatmaps(last, **arguments)
    assert torch.equal(found, flip_heatmaps(maps, **arguments))
