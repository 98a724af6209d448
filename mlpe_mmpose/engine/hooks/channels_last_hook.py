"""Run the model in the memory format that convolutions prefer."""

import torch
from mmengine.hooks import Hook
from mmengine.runner import Runner
from mmpose.registry import HOOKS


@HOOKS.register_module()
class ChannelsLastHook(Hook):
    """Keep the weights in ``channels_last`` (PyTorch's memory format).

    Convolutions with such weights return maps in that format, so the images
    need no conversion. The outputs change by rounding only, and a model
    without the hook can load the checkpoints.
    """

    def before_train(self, runner: Runner) -> None:
        """Convert the model after its weights are initialised.

        Random weights are drawn in the order of the memory, so an earlier
        conversion would change the weights that a seed gives.
        """
        runner.model.to(memory_format=torch.channels_last)

    before_val = before_train
    before_test = before_train
