"""COCO's keypoint metric, an order of magnitude faster."""

import functools
import os.path as osp
from collections.abc import Callable, Sequence

import numpy as np
from mmengine.fileio import dump
from mmengine.logging import MMLogger
from mmpose.evaluation.metrics import CocoMetric
from mmpose.registry import METRICS
from xtcocotools.coco import COCO

from .gathering import gather_people
from .ground_truth import GroundTruth, coco_from_samples
from .people import People
from .results_file import write_results

STATS = {
    'keypoints': (
        *('AP', 'AP .5', 'AP .75', 'AP (M)', 'AP (L)'),
        *('AR', 'AR .5', 'AR .75', 'AR (M)', 'AR (L)'),
    ),
    'keypoints_crowd': (
        *('AP', 'AP .5', 'AP .75', 'AR', 'AR .5', 'AR .75'),
        *('AP(E)', 'AP(M)', 'AP(H)'),
    ),
}


@METRICS.register_module()
class FastCocoMetric(CocoMetric):
    """CocoMetric, with its figures and files, in a fraction of its time.

    The arguments are :class:`mmpose.evaluation.CocoMetric`'s. People are kept
    in arrays and not in dictionaries, OKS-NMS treats many images at once, the
    evaluation is faster-coco-eval's in C++, and a results file is written
    only where ``outfile_prefix`` asks for one.

    Where faster-coco-eval is not installed, or samples differ in what they
    predict, CocoMetric itself computes the metrics. Unlike it, this one
    applies ``gt_converter`` once, however often it is evaluated.
    """

    def compute_metrics(self, results: list) -> dict[str, float]:
        """Compute the metrics.

        Args:
            results (list): What ``process`` has stored of each sample

        Returns:
            dict[str, float]: COCO's figures by name, in CocoMetric's order;
            empty with ``format_only``.

        Raises:
            ValueError: If there are no results.
        """
        if not results:
            raise ValueError(
                f'{type(self).__name__} has no results to evaluate: its '
                'data loader has yielded no sample.'
            )
        preds, gts = zip(*results, strict=True)
        people = self._gather(preds)
        if people is None:
            return super().compute_metrics(results)
        if self.coco is None:
            self.coco = self._annotations(gts)

        sigmas = self.dataset_meta['sigmas']
        people = people.suppress(self.nms_mode, self.nms_thr, sigmas)
        if self.outfile_prefix is not None:
            write_results(people, f'{self.outfile_prefix}.keypoints.json')
        logger = MMLogger.get_current_instance()
        if self.format_only:
            folder = osp.dirname(self.outfile_prefix)
            logger.info(f'results are saved in {folder}')
            return {}

        logger.info(f'Evaluating {type(self).__name__}...')
        truth = GroundTruth.from_coco(
            self.coco,
            self.dataset_meta['num_keypoints'],
            self.iou_type == 'keypoints_crowd',
            self.use_area,
            self.gt_converter,
        )
        stats = _cpp_evaluation()(
            truth, people, sigmas, self.iou_type, logger.info
        )
        return dict(zip(STATS[self.iou_type], stats, strict=True))

    def _gather(self, preds: Sequence[dict]) -> People | None:
        """The people, or None where CocoMetric has to see to them."""
        if self.iou_type not in STATS:
            return None
        if not self.format_only and _cpp_evaluation() is None:
            return None
        people = gather_people(
            preds,
            self.score_mode,
            self.keypoint_score_thr,
            self.pred_converter,
        )
        num_keypoints = self.dataset_meta['num_keypoints']
        if people and people.keypoints.shape[1] != num_keypoints:
            raise ValueError(
                f'{type(self).__name__} got {people.keypoints.shape[1]} '
                f'keypoints a person, and a data set of {num_keypoints}: '
                'pred_converter and gt_converter make them equal.'
            )
        return people

    def _annotations(self, gts: Sequence[dict]) -> COCO:
        """COCO's helper on what the samples say of their ground truth."""
        MMLogger.get_current_instance().info(
            'Converting ground truth to coco format...'
        )
        dataset = coco_from_samples(
            gts,
            self.dataset_meta['CLASSES'],
            self.iou_type == 'keypoints_crowd',
            self.use_area,
        )
        if self.outfile_prefix is not None:
            path = f'{self.outfile_prefix}.gt.json'
            dump(dataset, path, sort_keys=True, indent=4)
            return COCO(path)
        coco = COCO()
        coco.dataset = dataset
        coco.createIndex()
        return coco


@functools.cache
def _cpp_evaluation() -> Callable[..., np.ndarray] | None:
    """The evaluation in C++; None, said once, where it is not installed."""
    try:
        from .cpp_evaluation import evaluate_people
    except ImportError as error:
        MMLogger.get_current_instance().warning(
            'FastCocoMetric evaluates with xtcocotools, as slowly as '
            f'CocoMetric, because of: {error}. The remedy: '
            'pip install faster-coco-eval'
        )
        return None
    return evaluate_people
