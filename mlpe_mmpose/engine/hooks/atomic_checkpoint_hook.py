"""Write checkpoints so that a stop at any moment loses none."""

from collections.abc import Mapping
from pathlib import Path

from mmengine.dist import is_main_process
from mmengine.fileio import LocalBackend
from mmengine.hooks import CheckpointHook
from mmengine.runner import Runner
from mmpose.registry import HOOKS

from ..atomic_file_backend import AtomicFileBackend


@HOOKS.register_module()
class AtomicCheckpointHook(CheckpointHook):
    """Stock :class:`CheckpointHook` whose files survive a stop.

    Differs in the order of its steps. The stock class removes the oldest
    checkpoint and the previous best one, and then writes the new file under
    its final name. This class writes the new file under a temporary name,
    renames it, changes ``last_checkpoint``, and then removes old files.

    Arguments are those of :class:`CheckpointHook`. Folders that are not
    local, and a ``backend_args`` of another backend, stay as in stock.
    """

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self._num_kept = self.max_keep_ckpts
        if self._num_kept > 0:
            # The stock class never has to remove a file before it writes.
            # If a process is killed before this class removes one, the new
            # checkpoint still lists the old file, and a resumed training
            # removes it.
            self.max_keep_ckpts += 1

    def before_train(self, runner: Runner) -> None:
        """Prepare the folder, and choose the atomic backend."""
        super().before_train(runner)
        if type(self.file_backend) is LocalBackend:
            self.backend_args = dict(backend='atomic')
            self.file_backend = AtomicFileBackend()

    def _save_checkpoint_with_step(
        self, runner: Runner, step: int, meta: dict
    ) -> None:
        """Save a checkpoint, then remove the checkpoints that are too old."""
        super()._save_checkpoint_with_step(runner, step, meta)
        while 0 < self._num_kept < len(self.keep_ckpt_ids):
            name = self.filename_tmpl.format(self.keep_ckpt_ids.popleft())
            path = self.file_backend.join_path(self.out_dir, name)
            if is_main_process() and self.file_backend.isfile(path):
                self.file_backend.remove(path)
            ids = list(self.keep_ckpt_ids)
            runner.message_hub.update_info('keep_ckpt_ids', ids)

    def _save_best_checkpoint(
        self, runner: Runner, metrics: Mapping[str, float]
    ) -> None:
        """Save the best checkpoint, then remove the previous one."""
        backend = self.file_backend
        if not isinstance(backend, AtomicFileBackend):
            super()._save_best_checkpoint(runner, metrics)
            return
        self.file_backend = waiting = _LateRemoval()
        try:
            super()._save_best_checkpoint(runner, metrics)
        finally:
            self.file_backend = backend
        infos = runner.message_hub.runtime_info
        best = {v for k, v in infos.items() if k.startswith('best_ckpt')}
        for path in waiting.outdated - best:
            backend.remove(path)


class _LateRemoval(AtomicFileBackend):
    """Collects the files that are to be removed."""

    def __init__(self) -> None:
        self.outdated: set[str] = set()

    def remove(self, filepath: str | Path) -> None:
        self.outdated.add(str(filepath))
