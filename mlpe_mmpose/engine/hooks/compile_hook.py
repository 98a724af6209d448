"""Train with ``torch.compile``."""

import torch
from mmengine.hooks import Hook
from mmengine.runner import Runner
from mmpose.registry import HOOKS


@HOOKS.register_module()
class CompileHook(Hook):
    """Compile the network, the targets and the losses of a training step.

    MMEngine's ``compile=True`` compiles all of ``train_step``: the graph
    breaks at the backward pass, and the optimizer is compiled again whenever
    the learning rate changes. This hook compiles only the model's ``loss``,
    which is one graph for MLPE. Validation and testing are not compiled.

    Args:
        **options: Arguments of :func:`torch.compile`, such as
            ``mode='max-autotune'`` or ``backend='aot_eager'`` (which needs
            no C++ compiler)
    """

    def __init__(self, **options: object) -> None:
        self.options = options

    def before_train(self, runner: Runner) -> None:
        """Compile the loss after the weights and the wrapper are there."""
        model = getattr(runner.model, 'module', runner.model)
        model.loss = torch.compile(model.loss, **self.options)
        runner.logger.info(
            f'{type(self).__name__}: the first iteration compiles, which '
            'takes minutes.'
        )

    def after_train(self, runner: Runner) -> None:
        """Restore the plain loss: a copy would run the original's."""
        model = getattr(runner.model, 'module', runner.model)
        del model.loss
