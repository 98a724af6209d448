"""A ground truth without keypoints is refused before a run begins."""

from mmengine.evaluator import Evaluator
from mmengine.hooks import Hook
from mmengine.runner import Runner
from mmpose.registry import HOOKS


@HOOKS.register_module()
class CheckDataHook(Hook):
    """Refuse to measure against annotations without keypoints.

    Given COCO's *instances* file in place of *person_keypoints*, MMPose
    predicts on the whole set, and then reports an AP of -1, without a word.
    (A data set without keypoints is refused when it is built; see
    :mod:`mlpe_mmpose.compat.dataset_checks`.)
    """

    # before hooks that create files
    priority = 'VERY_HIGH'

    def before_run(self, runner: Runner) -> None:
        """Look at every metric that this run has built.

        Raises:
            ValueError: If the ground truth of one has no keypoints.
        """
        for loop in (runner._val_loop, runner._test_loop):
            evaluator = getattr(loop, 'evaluator', None)
            if isinstance(evaluator, Evaluator):
                for metric in evaluator.metrics:
                    self._check(metric)

    def _check(self, metric: object) -> None:
        """Refuse a COCO ground truth without keypoints."""
        coco = getattr(metric, 'coco', None)
        # results of a test set, whose truth is with COCO's server
        unknown = getattr(metric, 'format_only', False)
        if (
            coco is None
            or unknown
            or any(
                any(annotation.get('keypoints', ()))
                for annotation in coco.anns.values()
            )
        ):
            return
        raise ValueError(
            f'{type(metric).__name__} finds no keypoints in the '
            f'{len(coco.anns)} annotations of ann_file={metric.ann_file!r}. '
            "COCO's are in annotations/person_keypoints_*.json."
        )
