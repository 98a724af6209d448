"""COCO's keypoint metric, several times faster than MMPose's."""

import copy
import functools
from collections import defaultdict
from collections.abc import Callable, Sequence

import numpy as np
from mmengine.fileio import get_local_path
from mmengine.logging import MMLogger
from mmpose.evaluation.functional import soft_oks_nms
from mmpose.evaluation.metrics import CocoMetric
from mmpose.registry import METRICS

from mlpe_mmpose.annotations.faults import read_json, refuse_faults
from mlpe_mmpose.annotations.fields import Use
from mlpe_mmpose.annotations.fill_in import estimate_area, fill_in_fields
from mlpe_mmpose.annotations.rules import find_annotation_faults, find_faults
from mlpe_mmpose.optional import require

from ..functional import oks_nms


@METRICS.register_module()
class FastCocoMetric(CocoMetric):
    """CocoMetric, with its figures and files, in a fraction of its time.

    The arguments are those of :class:`mmpose.evaluation.CocoMetric`, whose
    methods gather the detections and write the files. Replaced are the score
    ``'bbox_keypoint'`` and OKS-NMS, which are computed in arrays, and the
    evaluation, which is faster-coco-eval's in C++ where that is installed. A
    results file is written only if ``outfile_prefix`` is given.

    It differs from CocoMetric where that fails or is wrong:

    - Annotations may lack ``keypoints``, and are ignored then, or ``bbox``,
      ``area``, ``iscrowd``. Other errors of a file are found before training.
    - NaN for a coordinate, the score of a detection, or all scores of its
      keypoints is refused. CocoMetric counts a detection with such coordinates
      as found at every threshold, because no comparison with NaN is true.
    - ``gt_converter`` is applied once, however often figures are computed.
    """

    def __init__(self, ann_file: str | None = None, *args, **kwargs) -> None:
        try:
            super().__init__(ann_file, *args, **kwargs)
        except Exception:
            if ann_file is not None:
                # xtcocotools names neither the file nor the annotation
                with get_local_path(ann_file) as path:
                    faults = find_faults(read_json(path), Use.EVALUATE, ())
                refuse_faults(ann_file, faults)
            raise

    @CocoMetric.dataset_meta.setter
    def dataset_meta(self, dataset_meta: dict) -> None:
        """Set the metainfo of the data set, and complete its annotations."""
        # gt_converter changes the metainfo, which all metrics of a run share
        CocoMetric.dataset_meta.fset(self, dict(dataset_meta))
        if self.coco is None or self.format_only or not self.coco.anns:
            return
        is_crowd_pose = self.iou_type == 'keypoints_crowd'
        use = Use.EVALUATE | Use.CROWD if is_crowd_pose else Use.EVALUATE
        file, content = self.coco.anno_file[0], self.coco.dataset
        annotations = content['annotations']
        names = self._find_names(annotations)
        refuse_faults(file, find_faults(content, use, names))
        self._fill_in_fields(annotations, len(names), file)

    def _find_names(self, annotations: list[dict]) -> Sequence:
        """Return the names of the annotated keypoints, or their numbers."""
        if self.gt_converter is None:
            return list(self.dataset_meta['keypoint_id2name'].values())
        lengths = [len(a.get('keypoints') or ()) for a in annotations]
        last = max((s for s, _ in self.gt_converter['mapping']), default=0)
        return range(max([*lengths, 3 * (last + 1)]) // 3)

    def _fill_in_fields(
        self, annotations: list[dict], num_keypoints: int, file: str
    ) -> None:
        """Fill in what annotations lack, and say what it was."""
        missing = fill_in_fields(annotations, num_keypoints, self.use_area)
        if missing.total():
            MMLogger.get_current_instance().warning(
                f'{file}: of {len(annotations)} annotations, '
                f'{missing["keypoints"]} lack keypoints and are ignored, '
                f'{missing["bbox"]} lack a bbox and get that of their '
                f'keypoints, {missing["area"]} lack an area and get one by '
                'their bbox.'
            )

    def gt_to_coco_json(self, gt_dicts: list, outfile_prefix: str) -> str:
        """Write the data samples' annotations, completed, as a COCO file."""
        annotations = [a for gt in gt_dicts for a in gt['raw_ann_info'] if a]
        file, names = 'The data samples', self._find_names(annotations)
        faults = find_annotation_faults(annotations, Use.EVALUATE, names)
        refuse_faults(file, faults)
        self._fill_in_fields(annotations, len(names), file)
        return super().gt_to_coco_json(gt_dicts, outfile_prefix)

    def compute_metrics(self, results: list) -> dict[str, float]:
        """Compute the metrics.

        Args:
            results (list): What ``process`` has stored of each data sample

        Returns:
            dict[str, float]: COCO's figures by name, in CocoMetric's order;
            empty with ``format_only``.

        Raises:
            ValueError: If there are no results, or if a detection has NaN
                for a coordinate, its score or all scores of its keypoints,
                or another number of keypoints than the data set.
        """
        if not results:
            raise ValueError(
                f'{type(self).__name__} has no results to evaluate: its '
                'data loader has yielded no sample.'
            )
        coco = self.coco
        self._modes = self.score_mode, self.nms_mode
        # CocoMetric gathers the detections; results2json scores and suppresses
        self.nms_mode = 'none'
        if self.score_mode == 'bbox_keypoint':
            self.score_mode = 'bbox'
        if self.gt_converter is not None:
            # CocoMetric converts in place, at every evaluation
            self.coco = copy.deepcopy(coco)
        try:
            return super().compute_metrics(results)
        finally:
            self.score_mode, self.nms_mode = self._modes
            self.coco = coco
            self._instances = []

    def results2json(self, keypoints: dict, outfile_prefix: str) -> None:
        """Score and suppress detections, and write those that are kept.

        Args:
            keypoints (dict): Lists of detections by image id
            outfile_prefix (str): Path without ``'.keypoints.json'``
        """
        score_mode, nms_mode = self._modes
        nms = dict(oks_nms=oks_nms, soft_oks_nms=soft_oks_nms).get(nms_mode)
        for image_id, instances in keypoints.items():
            if score_mode == 'bbox_keypoint':
                self._multiply_scores(instances)
            self._check_detections(instances)
            if nms:
                sigmas = self.dataset_meta['sigmas']
                rows = nms(instances, self.nms_thr, sigmas=sigmas)
                keypoints[image_id] = [instances[row] for row in rows]
        self._instances = [i for image in keypoints.values() for i in image]
        if self.outfile_prefix or _cpp_evaluation(self.iou_type) is None:
            super().results2json(keypoints, outfile_prefix)

    def _multiply_scores(self, instances: list[dict]) -> None:
        """Multiply scores by the mean of keypoints above the threshold."""
        by_type = defaultdict(list)
        for instance in instances:
            first = np.asarray(0 + instance['keypoint_scores'][0])
            by_type[first.dtype].append(instance)
        for dtype, alike in by_type.items():
            scores = np.array([i['keypoint_scores'] for i in alike], dtype)
            counted = scores > self.keypoint_score_thr
            # CocoMetric adds the scores to 0 one by one, as cumsum does
            total = np.where(counted, scores, 0).cumsum(axis=1)[:, -1]
            number = counted.sum(axis=1).clip(min=1).astype(dtype)
            for instance, mean in zip(alike, total / number, strict=True):
                instance['score'] = instance['score'] * mean

    def _check_detections(self, instances: list[dict]) -> None:
        """Refuse NaN, and another number of keypoints than the data set's.

        NaN for the score of some keypoints of a detection is allowed.
        """
        num_keypoints = self.dataset_meta['num_keypoints']
        points = np.array([i['keypoints'][:, :2] for i in instances])
        if points.shape[1] != num_keypoints:
            raise ValueError(
                f'{type(self).__name__} got {points.shape[1]} keypoints a '
                f'detection, but the data set has {num_keypoints}: '
                'pred_converter and gt_converter make them equal.'
            )
        # heatmaps of NaN have keypoints at -1, whose score is NaN
        scores = np.isnan([i['keypoint_scores'] for i in instances]).all(1)
        scores |= np.isnan([i['score'] for i in instances])
        bad = np.column_stack([scores, np.isnan(points).any(axis=2)])
        for row, column in np.argwhere(bad):
            what = f'keypoint {column - 1}' if column else 'the score'
            raise ValueError(
                f'{type(self).__name__} got NaN for {what} of the detection '
                f'with id {instances[row]["id"]!r} in image '
                f'{instances[row]["img_id"]!r}. Look for NaN in the boxes of '
                'the data set and in the weights of the model.'
            )

    def _do_python_keypoint_eval(self, outfile_prefix: str) -> list:
        """Evaluate the detections that ``results2json`` has kept."""
        evaluate = _cpp_evaluation(self.iou_type)
        if evaluate is None:
            return super()._do_python_keypoint_eval(outfile_prefix)
        ids = self.coco.getAnnIds(self.coco.getImgIds(), self.coco.getCatIds())
        stats = evaluate(
            self.coco,
            [self._as_evaluated(a) for a in self.coco.loadAnns(ids)],
            self._detections(),
            self.dataset_meta['sigmas'],
            self.iou_type,
            MMLogger.get_current_instance().info,
        )
        return list(stats.items())

    def _as_evaluated(self, annotation: dict) -> dict:
        """Return the annotation with the fields that xtcocotools derives."""
        annotation = dict(annotation)
        if self.iou_type == 'keypoints':
            labels = np.array(annotation['keypoints'][2::3]) > 0
            annotation['num_keypoints'] = int(labels.sum())
        if not self.use_area:
            annotation['area'] = estimate_area(annotation['bbox'])
        return annotation

    def _detections(self) -> list[dict]:
        """Return the kept detections as in a results file."""
        has_boxes = all('bbox' in i for i in self._instances)
        rows = []
        for i in self._instances:
            points = i['keypoints'].astype(np.float64)
            box = i['bbox'][2:] if has_boxes else np.ptp(points[:, :2], axis=0)
            width, height = box.tolist()
            row = dict(image_id=i['img_id'], area=width * height)
            row['category_id'] = np.asarray(i['category_id']).item()
            row['keypoints'] = points.ravel()
            row['score'] = float(i['score'])
            rows.append(row)
        return rows


@functools.cache
def _cpp_evaluation(iou_type: str) -> Callable[..., dict] | None:
    """Return the evaluation in C++, or None if xtcocotools has to do it."""
    try:
        require('faster_coco_eval', 'The fast evaluation of FastCocoMetric')
    except ImportError as error:
        MMLogger.get_current_instance().warning(
            f'{error} Until then xtcocotools evaluates, as in CocoMetric.'
        )
        return None
    from .cpp_evaluation import STATS, evaluate_in_cpp

    return evaluate_in_cpp if iou_type in STATS else None
