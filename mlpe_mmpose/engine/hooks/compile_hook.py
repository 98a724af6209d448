"""Training through ``torch.compile``."""

import torch
from mmengine.hooks import Hook
from mmengine.model import is_model_wrapper
from mmengine.runner import Runner
from mmpose.registry import HOOKS


@HOOKS.register_module()
class CompileHook(Hook):
    """Compile what a training step computes: network, targets and losses.

    MMEngine's own ``compile=True`` compiles ``train_step`` with everything
    in it, and so breaks its graph at the backward pass and compiles the
    optimizer anew whenever the learning rate changes. This hook compiles the
    model's ``loss`` alone, for MLPE one graph. Validation and testing stay
    as they are.

    Args:
        **options: Arguments of :func:`torch.compile`, such as
            ``mode='max-autotune'`` or ``backend='aot_eager'`` (which needs
            no C++ compiler)
    """

    def __init__(self, **options: object) -> None:
        self.options = options

    def before_train(self, runner: Runner) -> None:
        """Compile, once the weights are there and the model is wrapped."""
        model = runner.model
        if is_model_wrapper(model):
            model = model.module
        model.loss = torch.compile(model.loss, **self.options)
        runner.logger.info(
            f'{type(self).__name__}: the first iteration compiles, which '
            'takes minutes.'
        )
