"""Checkpoints that PyTorch's safe loader reads."""

import os
import pickle
from collections.abc import Mapping
from typing import Any

import torch
from mmengine.hooks import Hook
from mmengine.runner import Runner
from mmpose.registry import HOOKS

from .plain_types import from_plain, to_plain

FIX = 'Give the path of a .pth file that `mim train` has written.'


@HOOKS.register_module()
class PlainCheckpointHook(Hook):
    """Keep checkpoints readable by ``torch.load(weights_only=True)``.

    Since PyTorch 2.6 that is the default, and MMEngine's checkpoints hold
    objects that it refuses, so that testing and resuming fail. This hook
    writes them as tensors and Python types, and gives MMEngine its objects
    back on loading. Nothing is allow-listed and no check is switched off.

    What is neither plain nor known (a scheduler's reference to one of its
    own methods) is left out, with a warning that names it: it belongs to
    code, which makes it anew.
    """

    # the last to see a checkpoint before it is written
    priority = 'LOWEST'

    def before_run(self, runner: Runner) -> None:
        """Reject a local file that is no checkpoint, before work begins.

        Raises:
            ValueError: If ``load_from`` is a file that PyTorch's safe loader
                cannot read, or one without a weight of the model.
        """
        path = runner._load_from
        if path is None or not os.path.isfile(path):
            # MMEngine says itself what is wrong with other addresses
            return
        try:
            checkpoint = torch.load(path, 'cpu', weights_only=True)
        except (pickle.UnpicklingError, RuntimeError, EOFError) as error:
            reason = str(error).strip().partition('\n')[0]
            raise ValueError(
                f'{self.__class__.__name__} cannot read load_from={path!r}: '
                'it is not a checkpoint, or damaged, or was saved without '
                f'{self.__class__.__name__} ({reason}). {FIX}'
            ) from error
        self._check_weights(runner, path, checkpoint)

    def _check_weights(
        self, runner: Runner, path: str, checkpoint: Any
    ) -> None:
        """Reject another model's weights, of which MMEngine only warns."""
        state_dict = checkpoint
        if isinstance(checkpoint, Mapping):
            state_dict = checkpoint.get('state_dict', checkpoint)
        keys = list(state_dict) if isinstance(state_dict, Mapping) else []
        model = getattr(runner.model, 'module', runner.model)
        wanted = model.state_dict().keys()
        if not wanted & {str(key).removeprefix('module.') for key in keys}:
            raise ValueError(
                f'{self.__class__.__name__} finds no weight of the model in '
                f'load_from={path!r}: it holds {keys[:3]}, the model wants '
                f'{list(wanted)[:3]} and so on. {FIX}'
            )

    def before_save_checkpoint(self, runner: Runner, checkpoint: dict) -> None:
        """Make the checkpoint plain, in place."""
        left_out: list[str] = []
        for key, value in checkpoint.items():
            checkpoint[key] = to_plain(value, key, left_out)
        if left_out:
            runner.logger.warning(
                f'{self.__class__.__name__} left out of the checkpoint what '
                f'is neither a tensor nor a Python type: {left_out}.'
            )

    def after_load_checkpoint(self, runner: Runner, checkpoint: dict) -> None:
        """Give MMEngine its objects back, in place."""
        for key in ('meta', 'message_hub'):
            if key in checkpoint:
                checkpoint[key] = from_plain(checkpoint[key])
