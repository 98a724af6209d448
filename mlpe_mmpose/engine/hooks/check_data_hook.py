"""Data without keypoints is refused before a run begins."""

from mmengine.dataset import BaseDataset
from mmengine.evaluator import Evaluator
from mmengine.hooks import Hook
from mmengine.runner import Runner
from mmpose.registry import HOOKS
from torch.utils.data import DataLoader


@HOOKS.register_module()
class CheckDataHook(Hook):
    """Refuse annotation files without keypoints.

    MMPose skips such annotations silently: given COCO's *instances* file in
    place of *person_keypoints*, a run trains on nothing, or reports an AP of
    -1, without a word.
    """

    # before hooks that create files
    priority = 'VERY_HIGH'

    def before_run(self, runner: Runner) -> None:
        """Look at every data set and metric that this run has built.

        Raises:
            ValueError: If one has no person with keypoints.
        """
        loops = ('_train_loop', '_val_loop', '_test_loop')
        for loop in (getattr(runner, name) for name in loops):
            dataloader = getattr(loop, 'dataloader', None)
            if isinstance(dataloader, DataLoader):
                self._check_dataset(dataloader.dataset)
            evaluator = getattr(loop, 'evaluator', None)
            if isinstance(evaluator, Evaluator):
                for metric in evaluator.metrics:
                    self._check_metric(metric)

    def _check_dataset(self, dataset: BaseDataset) -> None:
        """Refuse an empty data set."""
        if len(dataset) == 0:
            self._refuse(dataset, getattr(dataset, 'ann_file', None))

    def _check_metric(self, metric: object) -> None:
        """Refuse a ground truth without keypoints."""
        coco = getattr(metric, 'coco', None)
        if coco is not None and not any(
            any(annotation.get('keypoints', ()))
            for annotation in coco.anns.values()
        ):
            self._refuse(metric, getattr(metric, 'ann_file', None))

    def _refuse(self, owner: object, ann_file: str | None) -> None:
        raise ValueError(
            f'{type(owner).__name__} finds no person with keypoints in '
            f"ann_file={ann_file!r}. COCO's are in "
            'annotations/person_keypoints_*.json; check data_root, ann_file '
            'and metainfo of the config.'
        )
