"""Let MMPose's heads log their accuracy in bfloat16.

MMPose's heads turn their output into an array of NumPy for the accuracy that
they log. NumPy has no bfloat16, so a training with ``AmpOptimWrapper`` and
``dtype='bfloat16'`` ends in its first step: "TypeError: Got unsupported
ScalarType BFloat16".
"""

import functools
import sys

import torch
from mmpose.utils import tensor_utils

stock_to_numpy = tensor_utils.to_numpy


def install() -> None:
    """Let every module of MMPose that is imported convert bfloat16."""
    for name, module in list(sys.modules.items()):
        # the heads have imported the function itself
        if name.startswith('mmpose.') and 'to_numpy' in vars(module):
            module.to_numpy = _to_numpy


@functools.wraps(stock_to_numpy)
def _to_numpy(x: object, *args: object, **kwargs: object) -> object:
    # of a sequence, each tensor comes here by itself
    if isinstance(x, torch.Tensor) and x.dtype == torch.bfloat16:
        x = x.float()
    return stock_to_numpy(x, *args, **kwargs)
