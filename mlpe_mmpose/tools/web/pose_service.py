"""The answers of the page, independent of how the page looks."""

import json
from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from mlpe_mmpose.apis import Predictor, predict_heatmaps
from mlpe_mmpose.tools.drawing import draw_heatmaps_over, draw_skeleton

from .uploads import parse_boxes, read_corners, read_size, read_upload

# Our choices: the longer side of a picture on the page, in pixels, and that
# side divided by the radius of a keypoint.
SIDE, SIDE_PER_RADIUS = 1024, 250
BOX_COLOR = (60, 200, 240)  # BGR
# as in CocoMetric: keypoints with a lower score do not count in the person's
SCORE_THRESHOLD = 0.2


@dataclass(frozen=True)
class Answer:
    """What the page shows of an image.

    Note:
        - people in the image: N
        - keypoint number: K

    Args:
        skeletons (np.ndarray): (rows, columns, 3), uint8, RGB
        levels (list): Pairs of an RGB picture and a caption, from the
            coarsest level to the refined heatmaps
        scores (list): K rows: the name of a keypoint, N scores
        json_text (str): N people in COCO's result format
    """

    skeletons: np.ndarray
    levels: list[tuple[np.ndarray, str]]
    scores: list[list[object]]
    json_text: str


class PoseService:
    """Answer requests about one image each; nothing is kept between them.

    Args:
        predictor (Predictor): The network
        detector (callable, optional): Finds people, see ``build_detector``
        max_pixels (float): The largest image that is decoded
    """

    def __init__(
        self,
        predictor: Predictor,
        detector: Callable | None,
        max_pixels: float,
    ) -> None:
        self.predictor = predictor
        self.detector = detector
        self.max_pixels = max_pixels
        meta = predictor.model.dataset_meta
        names = meta['keypoint_id2name']
        self.names = [names[i] for i in range(len(names))]
        self.links = meta['skeleton_links']
        colors = np.asarray(meta['keypoint_colors'])[:, ::-1]
        self.colors = [tuple(color) for color in colors.tolist()]

    def show(self, path: str | None, box_text: str) -> np.ndarray:
        """Return an upload with its boxes, an RGB picture of ``SIDE``."""
        image = read_upload(path, self.max_pixels)
        picture = np.ascontiguousarray(_shrink(image))
        scale = min(SIDE / max(image.shape[:2]), 1.0)
        for row in read_corners(box_text):
            corners = (np.array(row) * scale).round().astype(int).tolist()
            if len(corners) == 2:
                cv2.drawMarker(picture, corners, BOX_COLOR, thickness=2)
            else:
                cv2.rectangle(picture, corners[:2], corners[2:], BOX_COLOR, 2)
        return picture[..., ::-1]

    def find_scale(self, path: str | None) -> float:
        """Return the pixels of the image for a pixel of its picture."""
        return max(max(read_size(path, self.max_pixels)) / SIDE, 1.0)

    def detect(self, path: str | None) -> np.ndarray:
        """Return the boxes of people, (N, 5) with scores.

        Raises:
            ValueError: If the upload is no image, or nobody is found.
        """
        (boxes,) = self.detector([read_upload(path, self.max_pixels)])
        if not len(boxes):
            raise ValueError('The detector finds nobody. Draw a box.')
        return boxes

    def answer(self, path: str | None, box_text: str) -> Answer:
        """Find the poses in the boxes.

        Raises:
            ValueError: If the upload is no image, or a line no box.
        """
        image = read_upload(path, self.max_pixels)
        boxes = parse_boxes(box_text, image.shape)
        (sample,) = self.predictor([image], [boxes])
        people = sample.pred_instances
        heatmaps = predict_heatmaps(self.predictor, image, boxes)
        scale = min(SIDE / max(image.shape[:2]), 1.0)
        small = _shrink(image)
        levels = [
            (draw_heatmaps_over(small, maps, heatmaps.areas * scale), name)
            for name, maps in heatmaps.levels.items()
        ]
        scores = np.asarray(people.keypoint_scores)
        return Answer(
            self._draw(small, boxes, people.keypoints, scale),
            [(picture[..., ::-1], name) for picture, name in levels],
            [
                [name, *(round(float(score), 3) for score in row)]
                for name, row in zip(self.names, scores.T, strict=True)
            ],
            json.dumps(_to_results(boxes, people.keypoints, scores)),
        )

    def _draw(
        self,
        small: np.ndarray,
        boxes: np.ndarray,
        keypoints: np.ndarray,
        scale: float,
    ) -> np.ndarray:
        """Return the picture with boxes and skeletons, RGB."""
        picture = small.copy()
        radius = max(2, round(max(picture.shape[:2]) / SIDE_PER_RADIUS))
        for box, points in zip(boxes, keypoints, strict=True):
            corners = (box * scale).round().astype(int).tolist()
            cv2.rectangle(picture, corners[:2], corners[2:], BOX_COLOR)
            draw_skeleton(
                picture,
                (points + 0.5) * scale - 0.5,
                np.ones(len(points), bool),
                self.links,
                self.colors,
                radius,
                max(radius // 2, 1),
            )
        return picture[..., ::-1]


def _to_results(
    boxes: np.ndarray, keypoints: np.ndarray, scores: np.ndarray
) -> list[dict]:
    """Return people in COCO's result format; the image has the id 0."""
    results = []
    for box, points, row in zip(boxes, keypoints, scores, strict=True):
        counted = row[row > SCORE_THRESHOLD]
        left, top, right, bottom = box.tolist()
        triplets = np.column_stack([points, row]).round(3)
        results.append(
            dict(
                image_id=0,
                category_id=1,
                keypoints=triplets.ravel().tolist(),
                score=float(counted.mean()) if len(counted) else 0.0,
                bbox=[left, top, right - left, bottom - top],
            )
        )
    return results


def _shrink(image: np.ndarray) -> np.ndarray:
    """Return the image with at most ``SIDE`` pixels on its longer side."""
    rows, columns = image.shape[:2]
    scale = SIDE / max(rows, columns)
    if scale >= 1:
        return image
    size = max(round(columns * scale), 1), max(round(rows * scale), 1)
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA)
