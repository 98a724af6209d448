"""Draws predicted poses beside the ground truth."""

import json
from collections import defaultdict
from pathlib import Path

import cv2
import mmpose
import numpy as np
from mmengine.structures import InstanceData
from mmpose.datasets.datasets.utils import parse_pose_metainfo
from mmpose.structures import PoseDataSample
from mmpose.visualization import PoseLocalVisualizer

COCO = dict(
    from_file=str(
        Path(mmpose.__file__).parent / '.mim/configs/_base_/datasets/coco.py'
    )
)
# a predicted keypoint is drawn if its peak is above 0.15 * 255; the score of
# MLPEHeatmap is height / 255 + 0.5
SCORE_THRESHOLD = 0.5 + 0.15
# narrower pictures are enlarged, so that the lines are visible
MIN_WIDTH = 640


def draw_pairs(
    ann_file: str | Path,
    results_file: str | Path,
    image_dir: str | Path,
    out_dir: str | Path,
    metainfo: dict | None = None,
    num_images: int = 8,
) -> list[Path]:
    """Draw the ground truth of images beside the predictions.

    It draws the first images with at least two annotated people.

    Args:
        ann_file (str | Path): Annotations in COCO's format
        results_file (str | Path): ``*.keypoints.json``, written by CocoMetric
        image_dir (str | Path): Folder of the images
        out_dir (str | Path): Folder for the pictures
        metainfo (dict, optional): The ``METAINFO`` of the data set's class,
            with names, colours and links. Defaults to COCO's
        num_images (int): Number of pictures. Defaults to 8

    Returns:
        list[Path]: The pictures; the ground truth is left, the prediction
        right.
    """
    dataset = json.loads(Path(ann_file).read_text())
    truth = _group_by_image(
        a for a in dataset['annotations'] if a.get('num_keypoints')
    )
    predictions = _group_by_image(json.loads(Path(results_file).read_text()))
    chosen = [i for i in dataset['images'] if len(truth[i['id']]) > 1]

    visualizer = PoseLocalVisualizer(name='pairs', radius=4, line_width=2)
    visualizer.set_dataset_meta(parse_pose_metainfo(metainfo or COCO))
    out_dir = Path(out_dir)
    out_dir.mkdir(parents=True, exist_ok=True)
    paths = []
    for image in chosen[:num_images]:
        picture = cv2.imread(str(Path(image_dir) / image['file_name']))
        panels = [
            _draw(visualizer, picture, people[image['id']], threshold, title)
            for people, threshold, title in (
                (truth, 0.5, 'ground truth'),
                (predictions, SCORE_THRESHOLD, 'prediction'),
            )
        ]
        paths.append(out_dir / f'{Path(image["file_name"]).stem}.png')
        cv2.imwrite(str(paths[-1]), np.hstack(panels))
    visualizer.close()
    return paths


def _group_by_image(people: list[dict]) -> dict[int, list[np.ndarray]]:
    """Return the keypoints (K, 3) of every person by image id."""
    keypoints = defaultdict(list)
    for person in people:
        keypoints[person['image_id']].append(
            np.array(person['keypoints'], dtype=float).reshape(-1, 3)
        )
    return keypoints


def _draw(
    visualizer: PoseLocalVisualizer,
    picture: np.ndarray,
    people: list[np.ndarray],
    threshold: float,
    title: str,
) -> np.ndarray:
    """Draw the keypoints of all people over the picture, BGR."""
    scale = max(1, -(-MIN_WIDTH // picture.shape[1]))
    panel = cv2.resize(picture, None, fx=scale, fy=scale)
    sample = PoseDataSample()
    if people:
        keypoints = np.stack(people)
        # the centre of a pixel stays the centre when the pixel is enlarged
        sample.pred_instances = InstanceData(
            keypoints=(keypoints[..., :2] + 0.5) * scale - 0.5,
            keypoints_visible=keypoints[..., 2],
        )
    drawn = visualizer.add_datasample(
        title,
        panel[..., ::-1],
        sample,
        draw_gt=False,
        draw_bbox=False,
        kpt_thr=threshold,
    )[..., ::-1].copy()
    for color, thickness in ((0, 0, 0), 4), ((255, 255, 255), 1):
        cv2.putText(
            drawn, title, (10, 26), 0, 0.8, color, thickness, cv2.LINE_AA
        )
    return drawn
