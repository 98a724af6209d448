"""Train in several processes on a machine without a GPU.

MMEngine starts every process by ``torch.cuda.set_device``, with the backend
``nccl``, and gives its wrapper of the model the number of a device. Without a
GPU each of these fails, and so does PyTorch's ``SyncBatchNorm``. In sharded
training PyTorch moves whole parameters to the CPU before it saves them, and
then frees the memory that they came from, which on the CPU is their own: the
process ends by a segmentation fault.
"""

import functools
import math
from collections.abc import Callable

import torch
import torch.distributed as dist
from mmengine.device import get_device
from mmengine.dist import utils as dist_utils
from mmengine.model import MMDistributedDataParallel
from mmengine.model.wrappers import MMFullyShardedDataParallel
from torch import Tensor, nn
from torch.distributed.fsdp import FullStateDictConfig
from torch.distributed.nn.functional import all_reduce


def install() -> None:
    """Let MMEngine use gloo and the CPU where there is no other device.

    On a machine with a GPU nothing is changed. A second call does nothing.
    """
    wrapper = MMDistributedDataParallel
    if get_device() != 'cpu' or hasattr(wrapper.__init__, '__wrapped__'):
        return
    for launcher in ('pytorch', 'slurm', 'mpi'):
        name = f'_init_dist_{launcher}'
        setattr(dist_utils, name, _start_on_cpu(getattr(dist_utils, name)))
    _fix_argument(wrapper, device_ids=None)
    _fix_argument(MMFullyShardedDataParallel, device_id='cpu')
    _fix_argument(FullStateDictConfig, offload_to_cpu=False)
    # PyTorch refuses models with SyncBatchNorm on the CPU by this method
    wrapper._passing_sync_batchnorm_handle = lambda self, module: None
    nn.SyncBatchNorm.forward = _synchronize_on_cpu(nn.SyncBatchNorm.forward)


def _start_on_cpu(original: Callable) -> Callable:
    """Return a function that joins the processes by gloo."""

    @functools.wraps(original)
    def init_dist(backend: str, **kwargs: object) -> None:
        set_device = torch.cuda.set_device
        torch.cuda.set_device = lambda device: None
        try:
            original('gloo' if backend == 'nccl' else backend, **kwargs)
        finally:
            torch.cuda.set_device = set_device

    return init_dist


def _fix_argument(cls: type, **fixed: object) -> None:
    """Let a class be built with one value of a keyword argument."""
    original = cls.__init__

    @functools.wraps(original)
    def __init__(self, *args: object, **kwargs: object) -> None:  # noqa: N807
        original(self, *args, **kwargs | fixed)

    cls.__init__ = __init__


def _synchronize_on_cpu(original: Callable) -> Callable:
    """Return a ``forward`` of SyncBatchNorm that works on the CPU."""

    @functools.wraps(original)
    def forward(self: nn.SyncBatchNorm, input: Tensor) -> Tensor:
        group = self.process_group or None
        several = dist.is_initialized() and dist.get_world_size(group) > 1
        if input.is_cuda or not self.training or not several:
            return original(self, input)
        return _normalize(self, input, group or dist.group.WORLD)

    return forward


def _normalize(
    norm: nn.SyncBatchNorm, input: Tensor, group: dist.ProcessGroup
) -> Tensor:
    """Normalise maps (B, C, ...) by the statistics of all processes."""
    axes = [axis for axis in range(input.dim()) if axis != 1]
    shape = [1, -1] + [1] * (input.dim() - 2)
    own = math.prod(input.shape[axis] for axis in axes)
    count = torch.tensor([float(own)])
    sums = all_reduce(torch.cat([input.sum(axes), count]), group=group)
    count = sums[-1].detach()
    mean = sums[:-1] / count
    centred = input - mean.view(shape)
    # A second sum, because the mean of squares less the squared mean would
    # lose the digits of the variance.
    squares = all_reduce(centred.square().sum(axes), group=group)
    variance = squares / count
    if norm.track_running_stats:
        norm.num_batches_tracked += 1
        share = norm.momentum
        if share is None:
            share = 1 / float(norm.num_batches_tracked)
        unbiased = squares.detach() / (count - 1)
        norm.running_mean.lerp_(mean.detach(), share)
        norm.running_var.lerp_(unbiased, share)
    output = centred * (variance + norm.eps).rsqrt().view(shape)
    if norm.affine:
        output = output * norm.weight.view(shape) + norm.bias.view(shape)
    return output
