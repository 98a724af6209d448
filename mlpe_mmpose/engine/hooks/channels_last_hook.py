"""Training and testing in the memory format that convolutions prefer."""

import torch
from mmengine.hooks import Hook
from mmengine.runner import Runner
from mmpose.registry import HOOKS


@HOOKS.register_module()
class ChannelsLastHook(Hook):
    """Keep the weights in ``channels_last`` (PyTorch's memory format).

    Convolutions of such weights give maps of that format, so nothing else
    needs to be converted. Values do not change, but for rounding; neither
    does a checkpoint's meaning: models without the hook read it.
    """

    def before_train(self, runner: Runner) -> None:
        """Convert the model, once the weights are there.

        Not before: random weights are drawn in the order of the memory, so a
        seed would give others.
        """
        runner.model.to(memory_format=torch.channels_last)

    before_val = before_train
    before_test = before_train
