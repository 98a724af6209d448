"""Flip the maps of a head, whatever their memory format.

MMPose's flip test of heatmaps with offsets (``flip_mode='udp_combined'`` and
``'offset'``) takes views of the maps. In the format ``channels_last``, which
:class:`ChannelsLastHook` gives them, there are no such views, and the test
fails with "view size is not compatible with input tensor's size and stride".
"""

import functools

from mmpose.models.utils.tta import flip_heatmaps as stock_flip
from torch import Tensor

from .stock_functions import replace_in_mmpose


def install() -> None:
    """Let MMPose's heads flip maps in PyTorch's usual format."""
    replace_in_mmpose(stock_flip, _flip_heatmaps)


@functools.wraps(stock_flip)
def _flip_heatmaps(
    heatmaps: Tensor, *args: object, **kwargs: object
) -> Tensor:
    return stock_flip(heatmaps.contiguous(), *args, **kwargs)
