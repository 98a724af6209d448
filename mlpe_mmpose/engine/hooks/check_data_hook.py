"""Refuse data that a run cannot use, before the run begins."""

from collections.abc import Iterator

from mmengine.evaluator import Evaluator
from mmengine.hooks import Hook
from mmengine.runner import Runner
from mmpose.registry import HOOKS
from torch import nn

from ...codecs import MLPEHeatmap


@HOOKS.register_module()
class CheckDataHook(Hook):
    """Refuse annotations without keypoints, and targets that are not drawn.

    If a metric gets COCO's *instances* file in place of *person_keypoints*,
    MMPose predicts on the whole set and then reports an AP of -1 without an
    error. (:mod:`mlpe_mmpose.compat.dataset_checks` refuses a data set
    without keypoints.)

    With :class:`MLPEHeatmap`, the head draws the targets. MMPose's heads do
    not, and fail in the first iteration because an attribute is missing.
    """

    # run before the hooks that create files
    priority = 'VERY_HIGH'

    def before_run(self, runner: Runner) -> None:
        """Check the metrics and the training data of the run.

        Raises:
            ValueError: If a metric's ground truth has no keypoints, or the
                head of the model cannot be trained on the targets.
        """
        for loop in (runner._val_loop, runner._test_loop):
            evaluator = getattr(loop, 'evaluator', None)
            if isinstance(evaluator, Evaluator):
                for metric in evaluator.metrics:
                    self._check_metric(metric)
        loader = getattr(runner._train_loop, 'dataloader', None)
        model = getattr(runner.model, 'module', runner.model)
        if loader is not None and hasattr(model, 'head'):
            self._check_targets(loader.dataset, model.head)

    def _check_metric(self, metric: object) -> None:
        """Refuse a COCO ground truth without keypoints."""
        coco = getattr(metric, 'coco', None)
        # only COCO's server has the ground truth of a test set
        if coco is None or getattr(metric, 'format_only', False):
            return
        if any(any(a.get('keypoints') or ()) for a in coco.anns.values()):
            return
        raise ValueError(
            f'{type(metric).__name__} finds no keypoints in the '
            f'{len(coco.anns)} annotations of ann_file={metric.ann_file!r}. '
            "COCO's are in annotations/person_keypoints_*.json."
        )

    def _check_targets(self, dataset: object, head: nn.Module) -> None:
        """Refuse a codec whose targets the head cannot draw."""
        # the loss of another package's head may draw the targets
        loss = getattr(type(head), 'loss', None)
        if not getattr(loss, '__module__', '').startswith('mmpose.'):
            return
        for encoder in _encoders(dataset):
            if isinstance(encoder, MLPEHeatmap):
                codec, name = type(encoder).__name__, type(head).__name__
                raise ValueError(
                    f'{name} cannot be trained with encoder={codec} of '
                    f'GenerateTarget: it wants heatmaps in the samples, which '
                    f'{codec} leaves to MLPEHead. Set the type of the head to '
                    'MLPEHead, or encoder and decoder to a codec of MMPose, '
                    'such as MegviiHeatmap.'
                )


def _encoders(dataset: object) -> Iterator[object]:
    """Yield the codecs of a data set, and of the data sets that it wraps."""
    pipeline = getattr(dataset, 'pipeline', None)
    for transform in getattr(pipeline, 'transforms', ()):
        if hasattr(transform, 'encoder'):
            yield transform.encoder
    # ConcatDataset and CombinedDataset have `datasets`, RepeatDataset has
    # `dataset`
    wrapped = [*getattr(dataset, 'datasets', ())]
    if hasattr(dataset, 'dataset'):
        wrapped.append(dataset.dataset)
    for inner in wrapped:
        yield from _encoders(inner)
