"""Write checkpoints that PyTorch's safe loader can read."""

import os
from pathlib import Path

from mmengine.dist import broadcast_object_list, is_main_process
from mmengine.hooks import Hook
from mmengine.runner import Runner
from mmpose.registry import HOOKS

from mlpe_mmpose.compat.safe_checkpoints import load_from_local

from ..checkpoint_files import find_newest_checkpoint
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
        """Choose and check the file that the run loads, before it begins.

        With ``resume=True`` and no file, the newest checkpoint that can be
        read is resumed; MMEngine would take the newest, damaged or not. Its
        FlexibleRunner does so, because it loads before any hook runs. If all
        have been removed, the training begins from the start.

        Raises:
            ValueError: If ``load_from`` is a file that PyTorch's safe loader
                cannot read, or a file without any weight of the model. If
                the run resumes, and all checkpoints are damaged.
        """
        if runner._resume and runner._load_from is None:
            runner._load_from = self._find_newest(runner)
            if runner._load_from is None:
                self._forget_missing(runner)
            return
        path = runner._load_from
        if path is None or not os.path.isfile(path):
            # MMEngine reports what is wrong with other addresses
            return
        try:
            checkpoint = load_from_local(path, 'cpu')
        except ValueError as error:
            raise ValueError(
                f'{self.__class__.__name__} cannot read load_from={path!r}. '
                f'{error} {FIX}'
            ) from error
        self._check_weights(runner, path, checkpoint)

    def _find_newest(self, runner: Runner) -> str | None:
        """Return the checkpoint to resume; ``None`` if there is none yet."""
        found = [None, '']
        if is_main_process():
            path, _, faults = find_newest_checkpoint(runner.work_dir)
            found = [path and str(path), ' '.join(faults.values())]
        broadcast_object_list(found)
        path, damaged = found
        if damaged and path is None:
            raise ValueError(
                f'{self.__class__.__name__} can read no checkpoint in '
                f'{runner.work_dir}. {damaged} Remove these files to train '
                'from the start, or continue from another with --resume FILE.'
            )
        if damaged:
            runner.logger.warning(
                f'{self.__class__.__name__} resumes from {path}, because it '
                f'cannot read what is newer. {damaged}'
            )
        return path

    def _forget_missing(self, runner: Runner) -> None:
        """Train from the start if the last checkpoint has been removed.

        MMEngine would look for the file that ``last_checkpoint`` names.
        """
        pointer = Path(runner.work_dir, 'last_checkpoint')
        last = pointer.read_text() if pointer.is_file() else None
        # only MMEngine knows what is at other addresses
        if last is None or '://' in last or os.path.exists(last):
            return
        runner.logger.warning(
            f'{self.__class__.__name__} trains from the start, because there '
            f'is no checkpoint in {runner.work_dir}, and {pointer} names '
            f'{last!r}, which is gone.'
        )
        runner._resume = False

    def _check_weights(
        self, runner: Runner, path: str, checkpoint: dict
    ) -> None:
        """Reject weights of another model; MMEngine would only warn."""
        keys = list(checkpoint.get('state_dict', checkpoint))
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
