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
    renames it, replaces ``last_checkpoint`` in the same way, and then removes
    old files. Resumed in another folder, the stock class removes the best
    checkpoint of the folder that it comes from; this class does not.

    Arguments are those of :class:`CheckpointHook`. Folders that are not
    local, and a ``backend_args`` of another backend, stay as in stock.
    """

    def before_train(self, runner: Runner) -> None:
        """Prepare the folder, and choose the atomic backend."""
        infos = runner.message_hub.runtime_info
        for key in [key for key in infos if key.startswith('best_ckpt')]:
            # the folder of a resumed training may have been renamed or copied
            own = Path(runner.work_dir, Path(infos[key]).name)
            if own.is_file():
                runner.message_hub.update_info(key, str(own))
        super().before_train(runner)
        if type(self.file_backend) is LocalBackend:
            self.backend_args = dict(backend='atomic')
            self.file_backend = AtomicFileBackend()

    def _save_checkpoint_with_step(
        self, runner: Runner, step: int, meta: dict
    ) -> None:
        """Save a checkpoint, name it as the last, then remove old ones."""
        backend, info = self.file_backend, runner.message_hub.update_info
        name = self.filename_tmpl.format(step)
        self.last_ckpt = backend.join_path(self.out_dir, name)
        info('last_ckpt', self.last_ckpt)
        ids = []
        if self.max_keep_ckpts > 0:
            # Until the oldest file is removed, it is listed too: a training
            # that is killed before the removal removes it when it resumes.
            ids = list(dict.fromkeys([*self.keep_ckpt_ids, step]))
            info('keep_ckpt_ids', ids)
        runner.save_checkpoint(
            self.out_dir,
            name,
            self.file_client_args,
            save_optimizer=self.save_optimizer,
            save_param_scheduler=self.save_param_scheduler,
            meta=meta,
            by_epoch=self.by_epoch,
            backend_args=self.backend_args,
            **self.args,
        )
        if is_main_process():
            pointer = Path(runner.work_dir) / 'last_checkpoint'
            AtomicFileBackend().put(self.last_ckpt.encode(), pointer)
        while 0 < self.max_keep_ckpts < len(ids):
            name = self.filename_tmpl.format(ids.pop(0))
            path = backend.join_path(self.out_dir, name)
            if is_main_process() and backend.isfile(path):
                backend.remove(path)
            elif is_main_process() and backend.isdir(path):
                # DeepSpeed, and FSDP that saves shards, write folders
                backend.rmtree(path)
            info('keep_ckpt_ids', list(ids))
        self.keep_ckpt_ids = ids

    def _save_best_checkpoint(
        self, runner: Runner, metrics: Mapping[str, float]
    ) -> None:
        """Save the best checkpoint, then remove the previous one."""
        backend = getattr(self, 'file_backend', None)
        if backend is None:
            return  # `runner.val()` without a training, or before it
        if not isinstance(backend, AtomicFileBackend):
            super()._save_best_checkpoint(runner, metrics)
            return
        self.file_backend = waiting = _LateRemoval(self.out_dir)
        try:
            super()._save_best_checkpoint(runner, metrics)
        finally:
            self.file_backend = backend
        infos = runner.message_hub.runtime_info
        best = {v for k, v in infos.items() if k.startswith('best_ckpt')}
        for path in waiting.outdated - best:
            backend.remove(path)


class _LateRemoval(AtomicFileBackend):
    """Collects the files of a folder that are to be removed."""

    def __init__(self, folder: str | Path) -> None:
        self.outdated: set[str] = set()
        self._folder = Path(folder).resolve()

    def isfile(self, filepath: str | Path) -> bool:
        return self._is_inside(filepath) and super().isfile(filepath)

    def isdir(self, filepath: str | Path) -> bool:
        return self._is_inside(filepath) and super().isdir(filepath)

    def _is_inside(self, filepath: str | Path) -> bool:
        # a resumed training may have its best checkpoint in another folder
        return Path(filepath).resolve().parent == self._folder

    def remove(self, filepath: str | Path) -> None:
        self.outdated.add(str(filepath))
