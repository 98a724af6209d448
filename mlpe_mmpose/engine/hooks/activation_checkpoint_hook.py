"""Save memory in training, for more computation."""

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext

import torch
from mmengine.hooks import Hook
from mmengine.runner import Runner
from mmpose.registry import HOOKS
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.utils.checkpoint import checkpoint


@HOOKS.register_module()
class ActivationCheckpointHook(Hook):
    """Recompute parts of the network in the backward pass.

    The activations of these parts are not stored (Chen et al., 2016). The
    trained weights stay the same. With MMEngine's ``activation_checkpointing``
    modules that take a tuple of maps, as necks and heads do, lose their
    gradient, and batch normalisation counts every batch twice.

    Args:
        modules (Sequence[str]): Names of modules, as
            ``'backbone.layer1'`` or ``'head.refine_network'``. The largest
            module sets the memory that is needed, so name several small ones

    Raises:
        ValueError: If ``modules`` is empty or a string, or, when training
            begins, if the model has no module of one of the names, or does
            not call it.
    """

    def __init__(self, modules: Sequence[str]) -> None:
        if isinstance(modules, str) or not modules:
            raise ValueError(
                f'{type(self).__name__} needs a list of names in modules, '
                f"got modules={modules!r}. As an example: ['backbone.layer1']."
            )
        # a name given twice is one module
        self.modules = tuple(dict.fromkeys(modules))
        self._called: set[str] = set()

    def before_train(self, runner: Runner) -> None:
        """Wrap the modules after the weights are initialised.

        Raises:
            ValueError: If the model has no module of one of the names.
        """
        model = getattr(runner.model, 'module', runner.model)
        known = dict(model.named_modules())
        if unknown := [name for name in self.modules if name not in known]:
            raise ValueError(
                f'{type(self).__name__} finds no module {unknown[0]!r} in '
                f'{type(model).__name__}. Names of its parts are: '
                f'{_name_parts(known)}.'
            )
        self._called.clear()
        for name in self.modules:
            note = functools.partial(self._called.add, name)
            _recompute(known[name], note)

    def after_train_iter(
        self, runner: Runner, batch_idx: int, *_: object, **__: object
    ) -> None:
        """Check, after the first step, that every module was called.

        Raises:
            ValueError: If a module was not, as a head, of which MMPose calls
                ``loss``, or a list of modules.
        """
        if missing := [n for n in self.modules if n not in self._called]:
            model = getattr(runner.model, 'module', runner.model)
            raise ValueError(
                f'{type(self).__name__} saves nothing in {missing[0]!r}, '
                f'which {type(model).__name__} does not call as a module. '
                'Name modules that it calls, as parts of it: '
                f'{_name_parts(dict(model.named_modules()))}.'
            )

    def after_train(self, runner: Runner) -> None:
        """Restore the plain modules: a copy would run the original's."""
        model = getattr(runner.model, 'module', runner.model)
        for name in self.modules:
            del model.get_submodule(name).forward


def _name_parts(modules: Mapping[str, nn.Module]) -> str:
    """List the parts of backbone, neck and head that can be called."""
    return ', '.join(
        name
        for name, module in modules.items()
        # a list of modules has no forward of its own
        if name.count('.') == 1 and type(module).forward != nn.Module.forward
    )


def _recompute(module: nn.Module, note: Callable[[], None]) -> None:
    """Let a module store its input only, and recompute the rest."""
    forward = module.forward
    norms = [m for m in module.modules() if isinstance(m, _BatchNorm)]

    # torch.compile cannot trace the context that keeps the statistics
    @torch.compiler.disable
    @functools.wraps(forward)
    def wrapped(*args: object, **kwargs: object) -> object:
        note()
        if not module.training:
            return forward(*args, **kwargs)
        return checkpoint(
            forward,
            *args,
            use_reentrant=False,
            context_fn=lambda: (nullcontext(), _keep_statistics(norms)),
            **kwargs,
        )

    module.forward = wrapped


@contextmanager
def _keep_statistics(norms: list[_BatchNorm]) -> Iterator[None]:
    """Normalise the batch as before, without updating the statistics."""
    before = [(norm.momentum, norm.num_batches_tracked) for norm in norms]
    for norm in norms:
        norm.momentum = 0.0
        if norm.track_running_stats:
            # a copy, because SyncBatchNorm asserts that it can count
            norm.num_batches_tracked = norm.num_batches_tracked.clone()
    try:
        yield
    finally:
        for norm, (momentum, batches) in zip(norms, before, strict=True):
            norm.momentum, norm.num_batches_tracked = momentum, batches
