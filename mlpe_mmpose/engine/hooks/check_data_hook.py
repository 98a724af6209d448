"""Refuse data that a run cannot use, before the run begins."""

from collections.abc import Iterator, Sequence

from mmengine.evaluator import Evaluator
from mmengine.hooks import Hook
from mmengine.runner import Runner
from mmpose.datasets.transforms import KeypointConverter
from mmpose.registry import HOOKS, KEYPOINT_CODECS
from torch import nn

from ...codecs import MLPEHeatmap
from ...datasets.transforms import MarkOccludedKeypoints

CODEC_ARGUMENTS = ('input_size', 'heatmap_size', 'kernel_sizes', 'unbiased')
# values of MLPEHead's `level_occluded` with which it reads the flags
READ_FLAGS = ('suppress', 'ignore')
# our choice: so many people tell which flags a data set has
SAMPLE = 1000


@HOOKS.register_module()
class CheckDataHook(Hook):
    """Refuse annotations without keypoints, and targets that are not drawn.

    If a metric gets COCO's *instances* file in place of *person_keypoints*,
    MMPose predicts on the whole set and then reports an AP of -1 without an
    error. (:mod:`mlpe_mmpose.compat.dataset_checks` refuses a data set
    without keypoints.)

    With :class:`MLPEHeatmap`, the head draws the targets. MMPose's heads do
    not, and fail in the first iteration because an attribute is missing. A
    codec that encodes other than the head decodes would move every keypoint.
    Where annotations know no visible keypoints, only labelled ones,
    :class:`MarkOccludedKeypoints` would leave all targets of the levels empty.
    """

    # run before the hooks that create files
    priority = 'VERY_HIGH'

    def before_run(self, runner: Runner) -> None:
        """Check the metrics and the training data of the run.

        Raises:
            ValueError: If a metric's ground truth has no keypoints, the head
                of the model cannot be trained on the targets, its decoder is
                not the codec of the pipeline and of the config, or all
                keypoints count as occluded.
        """
        for loop in (runner._val_loop, runner._test_loop):
            evaluator = getattr(loop, 'evaluator', None)
            if isinstance(evaluator, Evaluator):
                for metric in evaluator.metrics:
                    self._check_metric(metric)
        loader = getattr(runner._train_loop, 'dataloader', None)
        model = getattr(runner.model, 'module', runner.model)
        if loader is not None and hasattr(model, 'head'):
            # VisPredictHead leaves the poses to a head of its own
            head = getattr(model.head, 'pose_head', model.head)
            self._check_targets(loader.dataset, head)
            self._check_codecs(runner, loader.dataset, head)
            if getattr(head, 'level_occluded', '') in READ_FLAGS:
                self._check_flags(loader.dataset)

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

    def _check_codecs(
        self, runner: Runner, dataset: object, head: nn.Module
    ) -> None:
        """Refuse an encoder, or a ``codec``, unlike the head's decoder."""
        decoder = getattr(head, 'decoder', None)
        if not isinstance(decoder, MLPEHeatmap):
            return
        codecs = [('encoder of GenerateTarget', e) for e in _encoders(dataset)]
        # `--cfg-options codec.unbiased=True` comes too late for head and
        # pipeline, which have copied it when the config was read
        of_config = runner.cfg.get('codec')
        if isinstance(of_config, dict):
            codecs.append(('codec', KEYPOINT_CODECS.build(of_config)))
        for place, codec in codecs:
            for key in CODEC_ARGUMENTS:
                found = getattr(codec, key, None)
                wanted = getattr(decoder, key)
                if found != wanted:
                    raise ValueError(
                        f'{place} has {key}={found}, but the decoder of '
                        f'{type(head).__name__} has {key}={wanted}. Set '
                        'codec, model.head.decoder, and encoder of '
                        'GenerateTarget in each pipeline alike.'
                    )

    def _check_flags(
        self, dataset: object, later: Sequence[object] = ()
    ) -> None:
        """Refuse flags by which no keypoint of a data set is visible.

        Args:
            dataset (object): A data set, or one that wraps others
            later (Sequence): The steps that follow its own pipeline
        """
        steps = [*_transforms(dataset), *later]
        for inner in _wrapped(dataset):
            self._check_flags(inner, steps)
        readers = (KeypointConverter, MarkOccludedKeypoints)
        first = next((s for s in steps if isinstance(s, readers)), None)
        if _wrapped(dataset) or not isinstance(first, MarkOccludedKeypoints):
            return
        labelled = False
        for index in range(0, len(dataset), max(1, len(dataset) // SAMPLE)):
            info = dataset.get_data_info(index)
            if info.get('keypoints_visible') is None:
                return
            visible = first(info)['keypoints_visible']
            if visible[..., 1].any():
                return
            labelled |= bool(visible[..., 0].any())
        if labelled:
            raise ValueError(
                f'{type(dataset).__name__} with ann_file='
                f'{getattr(dataset, "ann_file", None)!r} has labelled '
                'keypoints, but none has the flag '
                f'{first.visible_flag}, visible. Where the flags tell '
                'labelled keypoints (1) only, the levels of the head would '
                'learn empty heatmaps: in the pipeline of this data set, set '
                'visible_flag=1 of MarkOccludedKeypoints.'
            )


def _encoders(dataset: object) -> Iterator[object]:
    """Yield the codecs of a data set, and of the data sets that it wraps."""
    for transform in _transforms(dataset):
        if hasattr(transform, 'encoder'):
            yield transform.encoder
    for inner in _wrapped(dataset):
        yield from _encoders(inner)


def _transforms(dataset: object) -> Sequence[object]:
    """Return the steps of a data set's own pipeline."""
    return getattr(getattr(dataset, 'pipeline', None), 'transforms', ())


def _wrapped(dataset: object) -> list[object]:
    """Return the data sets that a data set wraps."""
    # ConcatDataset and CombinedDataset have `datasets`, RepeatDataset has
    # `dataset`
    wrapped = [*getattr(dataset, 'datasets', ())]
    if hasattr(dataset, 'dataset'):
        wrapped.append(dataset.dataset)
    return wrapped
