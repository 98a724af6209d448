"""Less memory for more computation."""

import functools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext

from mmengine.hooks import Hook
from mmengine.model import is_model_wrapper
from mmengine.runner import Runner
from mmpose.registry import HOOKS
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.utils.checkpoint import checkpoint


@HOOKS.register_module()
class ActivationCheckpointHook(Hook):
    """Recompute parts of the network in the backward pass.

    Their activations are not kept meanwhile (Chen et al., 2016). MMEngine's
    own ``activation_checkpointing`` uses PyTorch's older, reentrant way: it
    loses the gradient of modules that take a tuple of maps, as necks and
    heads do, and lets batch normalisation count every batch twice. Here a
    training ends where it would have ended without the hook.

    Args:
        modules (Sequence[str]): Names of modules, as
            ``'backbone.layer1'`` or ``'head.refine_network'``. The memory
            that is left is that of the largest, so name several small ones
    """

    def __init__(self, modules: Sequence[str]) -> None:
        if isinstance(modules, str) or not modules:
            raise ValueError(
                f'{type(self).__name__} needs a list of names in modules, '
                f"got modules={modules!r}. As an example: ['backbone.layer1']."
            )
        self.modules = tuple(modules)

    def before_train(self, runner: Runner) -> None:
        """Wrap the modules, once the weights are there.

        Raises:
            ValueError: If the model has no module of a name.
        """
        model = runner.model
        if is_model_wrapper(model):
            model = model.module
        known = dict(model.named_modules())
        for name in self.modules:
            if name not in known:
                raise ValueError(
                    f'{type(self).__name__} finds no module {name!r} in '
                    f'{type(model).__name__}. Names of its parts are: '
                    f'{", ".join(n for n in known if n.count(".") == 1)}.'
                )
        for name in self.modules:
            _recompute(known[name])


def _recompute(module: nn.Module) -> None:
    """Let a module keep its input only."""
    forward = module.forward
    norms = [m for m in module.modules() if isinstance(m, _BatchNorm)]

    @functools.wraps(forward)
    def wrapped(*args: object, **kwargs: object) -> object:
        if not module.training:
            return forward(*args, **kwargs)
        return checkpoint(
            forward,
            *args,
            use_reentrant=False,
            context_fn=lambda: (nullcontext(), _uncounted(norms)),
            **kwargs,
        )

    module.forward = wrapped


@contextmanager
def _uncounted(norms: list[_BatchNorm]) -> Iterator[None]:
    """The batch is normalised as before, but not counted once more."""
    before = [(norm.momentum, norm.num_batches_tracked) for norm in norms]
    for norm in norms:
        norm.momentum, norm.num_batches_tracked = 0.0, None
    try:
        yield
    finally:
        for norm, (momentum, batches) in zip(norms, before, strict=True):
            norm.momentum, norm.num_batches_tracked = momentum, batches
