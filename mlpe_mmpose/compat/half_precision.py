"""Let MMPose's heads log their accuracy in bfloat16.

MMPose's heads turn their output into an array of NumPy for the accuracy that
they log. NumPy has no bfloat16, so a training with ``AmpOptimWrapper`` and
``dtype='bfloat16'`` ends in its first step: "TypeError: Got unsupported
ScalarType BFloat16".
"""

import functools

import torch
from mmpose.utils.tensor_utils import to_numpy as stock_to_numpy

from .stock_functions import replace_in_mmpose


def install() -> None:
    """Let every module of MMPose that is imported convert bfloat16."""
    replace_in_mmpose(stock_to_numpy, _to_numpy)


@functools.wraps(stock_to_numpy)
def _to_numpy(x: object, *args: object, **kwargs: object) -> object:
    # of a sequence, each tensor comes here by itself
    if isinstance(x, torch.Tensor) and x.dtype == torch.bfloat16:
        x = x.float()
    return stock_to_numpy(x, *args, **kwargs)
