"""Write checkpoints that PyTorch's safe loader can read."""

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

    ``weights_only=True`` is the default since PyTorch 2.6. It refuses some
    objects in MMEngine's checkpoints, so that testing and resuming fail. This
    hook writes these objects as tensors and Python types, and rebuilds them
    on loading. No class is allow-listed and no check is switched off.

    The hook leaves out objects that it does not know, such as a scheduler's
    reference to one of its own methods, and warns with their names. The code
    that uses such an object creates it again.
    """

    # run as the last hook before a checkpoint is written
    priority = 'LOWEST'

    def before_run(self, runner: Runner) -> None:
        """Reject a local file that is no checkpoint, before the run begins.

        Raises:
            ValueError: If ``load_from`` is a file that PyTorch's safe loader
                cannot read, or a file without any weight of the model.
        """
        path = runner._load_from
        if path is None or not os.path.isfile(path):
            # MMEngine reports what is wrong with other addresses
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
        """Reject weights of another model; MMEngine would only warn."""
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
        """Replace MMEngine's objects in the checkpoint, in place."""
        left_out: list[str] = []
        for key, value in checkpoint.items():
            checkpoint[key] = to_plain(value, key, left_out)
        if left_out:
            runner.logger.warning(
                f'{self.__class__.__name__} left out of the checkpoint what '
                f'is neither a tensor nor a Python type: {left_out}.'
            )

    def after_load_checkpoint(self, runner: Runner, checkpoint: dict) -> None:
        """Rebuild MMEngine's objects in the checkpoint, in place."""
        for key in ('meta', 'message_hub'):
            if key in checkpoint:
                checkpoint[key] = from_plain(checkpoint[key])
