"""Measure training in other precisions and memory formats."""

import logging
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from types import SimpleNamespace

import torch
from mmengine.optim import OptimWrapper

from mlpe_mmpose.engine.hooks import (
    ActivationCheckpointHook,
    ChannelsLastHook,
    CompileHook,
)

from .harness import Options, Row, take_turns
from .networks import build, make_batch

# these modules hold most of the activations for the backward pass
LARGE_PARTS = (
    'backbone.layer1',
    'backbone.layer2',
    'backbone.layer3',
    'neck',
    'head.level_predictors',
    'head.refine_network',
)
MIB = 2**20
LOG = logging.getLogger(__name__)


class Training:
    """A model, changed by hooks, and one step of its training.

    Args:
        options (Options): The device
        name (str): Config of the model
        size (int): Persons in a batch
        hooks (list): Hooks whose ``before_train`` changes the model
        dtype (torch.dtype, optional): Precision of ``torch.autocast``
    """

    def __init__(
        self,
        options: Options,
        name: str,
        size: int,
        hooks: list,
        dtype: torch.dtype | None = None,
    ) -> None:
        torch.manual_seed(0)
        self.model = build(name).to(options.device).train()
        self.batch = make_batch(self.model, size)
        for hook in hooks:
            # the hooks read only these attributes of a runner
            hook.before_train(SimpleNamespace(model=self.model, logger=LOG))
        optimizer = torch.optim.Adam(self.model.parameters(), lr=5e-4)
        self.wrapper = OptimWrapper(optimizer)
        self.context: Callable = nullcontext
        if dtype is not None:
            self.context = lambda: torch.autocast(options.device, dtype)

    def step(self) -> None:
        """Take one step."""
        with self.context():
            self.model.train_step(self.batch, self.wrapper)

    def peak_memory(self) -> float:
        """Return the MiB of a step beside weights and optimizer, on a GPU."""
        self.step()
        torch.cuda.reset_peak_memory_stats()
        # the weights and the optimizers of both models that are compared
        before = torch.cuda.memory_allocated()
        self.step()
        return (torch.cuda.max_memory_allocated() - before) / MIB


def measure(options: Options) -> Iterator[Row]:
    """Yield rows of the throughput and the memory of each mode."""
    on_gpu = options.device == 'cuda'
    name, size = 'mlpe_resnest50_384x288.py', 64 if on_gpu else 2
    if not on_gpu:
        # on a CPU, one step takes seconds
        options = Options(quick=True, device='cpu')
    plain = Training(options, name, size, [])
    for label, hooks, dtype in _list_modes(options):
        other = Training(options, name, size, hooks, dtype)
        ours, theirs = take_turns(other.step, plain.step, options)
        width, height = plain.model.head.decoder.input_size
        where = f'ResNeSt-50, batch {size}, {height}x{width}'
        yield Row(
            f'training, {label}',
            where,
            'plain float32',
            size / theirs,
            size / ours,
            'persons/s',
        )
        if on_gpu:
            yield Row(
                f'memory of a step beside weights, {label}',
                where,
                'plain float32',
                plain.peak_memory(),
                other.peak_memory(),
                'MiB',
            )


def _list_modes(
    options: Options,
) -> Iterator[tuple[str, list, torch.dtype | None]]:
    """Yield name, hooks and precision of each mode of the device."""
    bfloat16 = torch.bfloat16
    yield 'channels_last', [ChannelsLastHook()], None
    yield 'bfloat16', [], bfloat16
    yield 'bfloat16, channels_last', [ChannelsLastHook()], bfloat16
    yield 'recomputation', [ActivationCheckpointHook(LARGE_PARTS)], None
    if options.device == 'cuda':
        # without a scaled loss, which costs next to nothing
        yield 'float16', [], torch.float16
        # on a CPU the compilation takes longer than all other modes
        yield 'compiled', [CompileHook()], None
        together = [ChannelsLastHook(), CompileHook()]
        yield 'bfloat16, channels_last, compiled', together, bfloat16
