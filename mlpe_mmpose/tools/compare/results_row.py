"""Evaluates a results file, the row of a system that is not trained here."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from mlpe_mmpose.annotations.keypoints import count_labels
from mlpe_mmpose.evaluation.metrics import FastCocoMetric

from ..results_file import fit_categories, read_results
from .dataset import DataSet


def evaluate_results(
    path: Path, data: DataSet, metric: Mapping | None = None
) -> dict[str, float]:
    """Evaluate a results file in COCO's format on the validation images.

    Args:
        path (Path): A list of detections, each with ``image_id``,
            ``category_id``, ``keypoints`` (x, y and a flag that does not
            count, of each keypoint) and ``score``
        data (DataSet): The data whose ``val`` the detections are of
        metric (dict, optional): Arguments of the metric, as ``iou_type``.
            Defaults to those of COCO

    Returns:
        dict[str, float]: COCO's figures by MMPose's names. Detections are
        neither scored anew nor suppressed.

    Raises:
        OSError: If the file cannot be read.
        ValueError: If it is no results file, or not of these images and
            keypoints; the message names the file and the detection.
    """
    rated = FastCocoMetric(
        str(Path(data.root, data.val['ann_file'])),
        nms_mode='none',
        score_mode='bbox',
        **(metric or {}),
    )
    rated.dataset_meta = metainfo = data.describe_keypoints()
    poses = read_results(path, rated.coco.imgs, metainfo['num_keypoints'])
    people = filter(count_labels, rated.coco.anns.values())
    fit_categories(path, poses, (p['category_id'] for p in people))
    results = []
    for number, pose in enumerate(poses):
        points = np.array(pose['keypoints'], float).reshape(1, -1, 3)
        pred = dict(
            id=number,
            img_id=pose['image_id'],
            category_id=pose['category_id'],
            keypoints=points[..., :2],
            keypoint_scores=np.ones(points.shape[:2]),
            bbox_scores=[float(pose['score'])],
        )
        results.append((pred, {}))
    return rated.compute_metrics(results)
