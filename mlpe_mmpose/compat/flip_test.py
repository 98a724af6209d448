"""Flip the maps of a head, whatever their memory format.

MMPose's flip test of heatmaps with offsets (``flip_mode='udp_combined'``)
takes views of the maps. In the format ``channels_last``, which
:class:`ChannelsLastHook` gives them, there are no such views, and the test
fails with "view size is not compatible with input tensor's size and stride".
"""

import functools

from mmpose.models.heads.heatmap_heads import heatmap_head
from torch import Tensor

stock_flip = heatmap_head.flip_heatmaps


def install() -> None:
    """Let MMPose's heads flip maps in PyTorch's usual format."""
    heatmap_head.flip_heatmaps = _flip_heatmaps


@functools.wraps(stock_flip)
def _flip_heatmaps(
    heatmaps: Tensor, *args: object, **kwargs: object
) -> Tensor:
    return stock_flip(heatmaps.contiguous(), *args, **kwargs)
