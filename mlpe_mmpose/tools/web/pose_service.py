"""The answers of the page, independent of how the page looks."""

import json
from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from mlpe_mmpose.apis import Predictor, predict_heatmaps
from mlpe_mmpose.apis.level_heatmaps import name_levels
from mlpe_mmpose.tools.drawing import BOX, draw_heatmaps_over, draw_people
from mlpe_mmpose.tools.output_keypoints import read_output_keypoints
from mlpe_mmpose.tools.results_file import to_results

from .uploads import (
    MOST_BOXES,
    format_boxes,
    parse_boxes,
    read_corners,
    read_size,
    read_upload,
)

# our choice: the longer side of a picture on the page, in pixels
SIDE = 1024


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
        self.keypoints = read_output_keypoints(predictor.model)

    def show(self, path: str | None, text: str) -> np.ndarray | None:
        """Return an upload with its boxes, an RGB picture of ``SIDE``."""
        if not path:
            return None
        image = read_upload(path, self.max_pixels)
        small, scale = _shrink(image)
        picture = np.ascontiguousarray(small)
        for row in read_corners(text):
            corners = (np.array(row) * scale).round().astype(int).tolist()
            if len(corners) == 2:
                cv2.drawMarker(picture, corners, BOX, thickness=2)
            else:
                cv2.rectangle(picture, corners[:2], corners[2:], BOX, 2)
        return picture[..., ::-1]

    def find_scale(self, path: str | None) -> float:
        """Return the pixels of the image for a pixel of its picture."""
        return max(max(read_size(path, self.max_pixels)) / SIDE, 1.0)

    def detect(self, path: str | None) -> str:
        """Return the boxes of people as text.

        Of a crowd, they are the ``MOST_BOXES`` with the highest scores.

        Raises:
            ValueError: If the upload is no image, or nobody is found.
        """
        (boxes,) = self.detector([read_upload(path, self.max_pixels)])
        if not len(boxes):
            raise ValueError('The detector finds nobody. Draw a box.')
        return format_boxes(boxes[:MOST_BOXES])

    def answer(self, path: str | None, text: str) -> Answer:
        """Find the poses in the boxes.

        Raises:
            ValueError: If the upload is no image, or a line no box.
        """
        image = read_upload(path, self.max_pixels)
        boxes = parse_boxes(text, image.shape)
        (sample,) = self.predictor([image], [boxes])
        people = sample.pred_instances
        small, scale = _shrink(image)
        levels = []
        if name_levels(self.predictor.model.head):
            heatmaps = predict_heatmaps(self.predictor, image, boxes)
            levels = [
                (draw_heatmaps_over(small, maps, heatmaps.areas * scale), name)
                for name, maps in heatmaps.levels.items()
            ]
        scores = np.asarray(people.keypoint_scores)
        skeletons = draw_people(
            small,
            boxes * scale,
            (people.keypoints + 0.5) * scale - 0.5,
            np.ones_like(scores, dtype=bool),
            self.keypoints.links,
            self.keypoints.colors,
        )
        boxes = np.column_stack([boxes, people.bbox_scores])
        results = to_results(0, boxes, people.keypoints, scores)
        return Answer(
            skeletons[..., ::-1],
            [(picture[..., ::-1], name) for picture, name in levels],
            [
                [name, *(round(float(score), 3) for score in row)]
                for name, row in zip(
                    self.keypoints.names, scores.T, strict=True
                )
            ],
            json.dumps(results),
        )


def _shrink(image: np.ndarray) -> tuple[np.ndarray, float]:
    """Return the image with at most ``SIDE`` pixels a side, and its scale."""
    rows, columns = image.shape[:2]
    scale = SIDE / max(rows, columns)
    if scale >= 1:
        return image, 1.0
    size = max(round(columns * scale), 1), max(round(rows * scale), 1)
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA), scale
