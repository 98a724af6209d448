"""Evaluates a results file, the row of a system that is not trained here."""

from pathlib import Path

import numpy as np

from mlpe_mmpose.evaluation.metrics import FastCocoMetric

from ..results_file import read_results
from .dataset import DataSet


def evaluate_results(path: Path, data: DataSet) -> dict[str, float]:
    """Evaluate a results file in COCO's format on the validation images.

    Args:
        path (Path): A list of detections, each with ``image_id``,
            ``category_id``, ``keypoints`` (x, y and a flag that does not
            count, of each keypoint) and ``score``
        data (DataSet): The data whose ``val`` the detections are of

    Returns:
        dict[str, float]: COCO's figures by MMPose's names. Detections are
        neither scored anew nor suppressed.

    Raises:
        OSError: If the file cannot be read.
        ValueError: If it is no results file, or not of these images and
            keypoints; the message names the file and the detection.
    """
    metric = FastCocoMetric(
        str(Path(data.root, data.val['ann_file'])),
        nms_mode='none',
        score_mode='bbox',
    )
    metric.dataset_meta = metainfo = data.describe_keypoints()
    images, length = metric.coco.imgs, 3 * metainfo['num_keypoints']
    results = []
    for number, found in enumerate(read_results(path)):
        name = f'{path}, detection {number} (from 0)'
        try:
            image_id, values = found['image_id'], found['keypoints']
            points = np.array(values, float)
            score, category_id = float(found['score']), found['category_id']
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(
                f'{name} needs image_id, category_id, keypoints and score: '
                f'{error!r}.'
            ) from error
        if image_id not in images:
            raise ValueError(
                f'{name} has image_id {image_id!r}, which is none of the '
                f'{len(images)} images of {data.val["ann_file"]}.'
            )
        if (
            points.shape != (length,)
            or not np.isfinite([*points, score]).all()
        ):
            raise ValueError(
                f'{name} needs {length} finite values in keypoints, and a '
                f'finite score, got {points.size} values and score {score}.'
            )
        points = points.reshape(1, -1, 3)
        pred = dict(
            id=number,
            img_id=image_id,
            category_id=category_id,
            keypoints=points[..., :2],
            keypoint_scores=np.ones(points.shape[:2]),
            bbox_scores=[score],
        )
        results.append((pred, {}))
    return metric.compute_metrics(results)
