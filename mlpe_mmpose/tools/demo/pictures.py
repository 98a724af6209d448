"""Draws predicted poses beside the ground truth."""

from collections.abc import Iterable
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
from mmengine.structures import InstanceData
from mmpose.datasets import CocoDataset
from mmpose.datasets.datasets.utils import parse_pose_metainfo
from mmpose.structures import PoseDataSample
from mmpose.visualization import PoseLocalVisualizer

from mlpe_mmpose.annotations.faults import read_json

# A predicted keypoint is drawn if its peak is above 0.15 * 255; the score of
# MLPEHeatmap is height / 255 + 0.5. An annotated one is drawn if it is
# labelled, which is a flag of 1 or 2.
THRESHOLD = 0.5 + 0.15
# narrower pictures are enlarged, so that the lines are visible
MIN_WIDTH = 640
WHITE, BLACK = (255, 255, 255), (0, 0, 0)


def draw_pairs(
    ann_file: Path,
    results_file: Path,
    image_dir: Path,
    out_dir: Path,
    num_images: int = 8,
) -> list[Path]:
    """Draw the ground truth of images beside the predictions.

    It draws the first images with at least two annotated people.

    Args:
        ann_file (Path): Annotations of COCO's 17 keypoints
        results_file (Path): ``*.keypoints.json``, written by CocoMetric
        image_dir (Path): Folder of the images
        out_dir (Path): Folder for the pictures
        num_images (int): Number of pictures. Defaults to 8

    Returns:
        list[Path]: The pictures; the ground truth is left, the prediction
        right.
    """
    dataset = read_json(ann_file)
    predictions = read_json(results_file)
    visualizer = PoseLocalVisualizer(name='pairs', radius=4, line_width=2)
    visualizer.set_dataset_meta(parse_pose_metainfo(CocoDataset.METAINFO))
    out_dir.mkdir(parents=True, exist_ok=True)
    crowded = (
        (image, truth)
        for image in dataset['images']
        if len(truth := _select(dataset['annotations'], image)) > 1
    )
    paths = []
    for image, truth in islice(crowded, num_images):
        picture = cv2.imread(str(image_dir / image['file_name']))
        scale = max(1, -(-MIN_WIDTH // picture.shape[1]))
        sample = PoseDataSample(
            gt_instances=_scale(truth, scale),
            pred_instances=_scale(_select(predictions, image), scale),
        )
        enlarged = cv2.resize(picture, None, fx=scale, fy=scale)
        drawn = visualizer.add_datasample(
            'pair', enlarged[..., ::-1], sample, kpt_thr=THRESHOLD
        )
        half = drawn.shape[1] // 2
        for title, x in ('ground truth', 10), ('prediction', 10 + half):
            visualizer.draw_texts(
                title, (x, 12), 30, WHITE, bboxes=[dict(facecolor=BLACK)]
            )
        paths.append(out_dir / f'{Path(image["file_name"]).stem}.png')
        cv2.imwrite(str(paths[-1]), visualizer.get_image()[..., ::-1])
    visualizer.close()
    return paths


def _select(people: Iterable[dict], image: dict) -> np.ndarray:
    """Return the keypoints (N, 17, 3) of the people in one image."""
    keypoints = [
        person['keypoints']
        for person in people
        if person['image_id'] == image['id'] and any(person['keypoints'])
    ]
    return np.array(keypoints, dtype=float).reshape(-1, 17, 3)


def _scale(keypoints: np.ndarray, scale: int) -> InstanceData:
    """Move keypoints to their places in an enlarged picture."""
    # the centre of a pixel stays the centre when the pixel is enlarged
    return InstanceData(
        keypoints=(keypoints[..., :2] + 0.5) * scale - 0.5,
        keypoints_visible=keypoints[..., 2],
    )
