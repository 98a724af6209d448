"""Which keypoints were the hard ones, epoch by epoch."""

import json
import os
from pathlib import Path

import mmengine.dist as dist
from mmengine.hooks import Hook
from mmengine.model import is_model_wrapper
from mmengine.runner import Runner
from mmpose.registry import HOOKS

from ...models.losses import MLPEOHKMLoss

FILE_NAME = 'ohkm_picks.json'


@HOOKS.register_module()
class OHKMPickHook(Hook):
    """Record how often :class:`MLPEOHKMLoss` picks each keypoint.

    Counts stay on the device until an epoch ends; then ``ohkm_picks.json``
    in the work directory gets a line for it: by keypoint, the number of
    persons for whom it was among the hardest, and for whom it was labelled.
    A resumed training goes on with the file. `mlpe_mmpose report` shows it.
    """

    def before_train(self, runner: Runner) -> None:
        """Ask the loss to record.

        Raises:
            ValueError: If the model has no such loss.
        """
        model = runner.model
        if is_model_wrapper(model):
            model = model.module
        found = [m for m in model.modules() if isinstance(m, MLPEOHKMLoss)]
        if not found:
            raise ValueError(
                f'{self.__class__.__name__} needs a model with an '
                f'MLPEOHKMLoss, got {type(model).__name__} without. Remove '
                'the hook from custom_hooks.'
            )
        self._loss = found[0]
        self._loss.recording = True
        self._path = Path(runner.work_dir, FILE_NAME)
        self._epochs = []
        if self._path.exists():
            # epochs after the checkpoint are trained again
            content = json.loads(self._path.read_text())
            self._epochs = content['epochs'][: runner.epoch]

    def before_train_epoch(self, runner: Runner) -> None:
        """Start from zero."""
        self._picked = self._labelled = 0

    def after_train_iter(
        self,
        runner: Runner,
        batch_idx: int,
        data_batch: dict | None = None,
        outputs: dict | None = None,
    ) -> None:
        """Add, without waiting for the device."""
        self._picked = self._picked + self._loss.picked
        self._labelled = self._labelled + self._loss.labelled

    def after_train_epoch(self, runner: Runner) -> None:
        """Write the epoch's counts, those of all processes."""
        for counts in (self._picked, self._labelled):
            dist.all_reduce(counts)
        self._epochs.append(
            dict(
                epoch=runner.epoch + 1,
                picked=self._picked.tolist(),
                labelled=self._labelled.tolist(),
            )
        )
        if dist.is_main_process():
            names = runner.train_dataloader.dataset.metainfo
            names = names['keypoint_id2name']
            content = dict(
                keypoints=[names[i] for i in range(len(names))],
                epochs=self._epochs,
            )
            # whole, or not at all
            unproven = self._path.with_suffix('.tmp')
            unproven.write_text(json.dumps(content, indent=1))
            os.replace(unproven, self._path)
