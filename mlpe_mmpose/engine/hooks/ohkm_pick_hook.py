"""Record which keypoints were hard, epoch by epoch."""

import json
from pathlib import Path

import mmengine.dist as dist
from mmengine.hooks import Hook
from mmengine.runner import Runner
from mmpose.registry import HOOKS

from ...models.losses import MLPEOHKMLoss
from ..atomic_file_backend import AtomicFileBackend

FILE_NAME = 'ohkm_picks.json'


@HOOKS.register_module()
class OHKMPickHook(Hook):
    """Record how often :class:`MLPEOHKMLoss` picks each keypoint.

    After each epoch the hook adds two lists to ``ohkm_picks.json`` in the
    work directory: for each keypoint, the number of persons for whom the
    keypoint was among the hardest, and for whom it was labelled. The counts
    stay on the device until the epoch ends. A resumed training continues the
    file; one that is counted in iterations is a single epoch, and its counts
    begin again. `mlpe_mmpose report` shows the file.

    Where the levels have an :class:`MLPEOHKMLoss` too, the counts are those
    of the refined heatmaps.

    The visualizer gets the share of the labelled keypoints that were picked,
    0 to 1, as ``ohkm/nose`` and so on: with ``TensorboardVisBackend``, a
    curve of the difficulty of each keypoint.
    """

    def before_train(self, runner: Runner) -> None:
        """Tell the loss to record its picks.

        Raises:
            ValueError: If the model has no :class:`MLPEOHKMLoss`.
        """
        model = getattr(runner.model, 'module', runner.model)
        found = [m for m in model.modules() if isinstance(m, MLPEOHKMLoss)]
        if not found:
            raise ValueError(
                f'{self.__class__.__name__} needs a model with an '
                f'MLPEOHKMLoss, got {type(model).__name__} without. Remove '
                'the hook from the config.'
            )
        # MLPEHead has its refine_loss after its level_loss
        self._loss = found[-1]
        self._loss.recording = True
        self._path = Path(runner.work_dir, FILE_NAME)
        self._epochs = []
        if self._path.exists():
            # drop the epochs after the checkpoint; they are trained again
            content = json.loads(self._path.read_text())
            self._epochs = [
                e for e in content['epochs'] if e['epoch'] <= runner.epoch
            ]

    def before_train_epoch(self, runner: Runner) -> None:
        """Set the counts to zero."""
        self._picked = self._labelled = 0

    def after_train_iter(
        self,
        runner: Runner,
        batch_idx: int,
        data_batch: dict | None = None,
        outputs: dict | None = None,
    ) -> None:
        """Add the picks of an iteration, without waiting for the device."""
        self._picked = self._picked + self._loss.picked
        self._labelled = self._labelled + self._loss.labelled

    def after_train_epoch(self, runner: Runner) -> None:
        """Write the counts of the epoch, summed over all processes."""
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
            dataset = runner.train_dataloader.dataset
            # PyTorch's own data sets, such as Subset, have no metainfo
            names = getattr(dataset, 'metainfo', {}).get(
                'keypoint_id2name', {}
            )
            names = [names[number] for number in sorted(names)]
            if len(names) != len(self._picked):
                # a KeypointConverter has changed them, and names none
                names = [*map(str, range(len(self._picked)))]
            shares = self._picked / self._labelled.clamp(min=1)
            runner.visualizer.add_scalars(
                {
                    f'ohkm/{name}': share
                    for name, share in zip(names, shares.tolist(), strict=True)
                },
                step=runner.epoch + 1,
            )
            content = dict(keypoints=names, epochs=self._epochs)
            text = json.dumps(content, indent=1)
            AtomicFileBackend().put(text.encode(), self._path)
