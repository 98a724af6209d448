"""An image on its way through the prediction."""

import dataclasses
from typing import Any

import numpy as np

from ..results_file import to_results


@dataclasses.dataclass
class Frame:
    """One image, or one frame of a video, and what is known about it.

    Note:
        - people in the image: N
        - keypoint number: K

    Args:
        image_id (int): Its id in COCO's results; the number of the frame in a
            video, from 0
        name (str): Path of the image below the folder of all images; for a
            video the path of the video
        image (np.ndarray): (H, W, 3), uint8, BGR
        boxes (np.ndarray): (N, 5), left, top, right, bottom in pixels, score
        keypoints (np.ndarray): (N, K, 2), (x, y) in pixels
        scores (np.ndarray): (N, K), scores of the keypoints
        track_ids (np.ndarray, optional): (N,), numbers of people over a video
        heatmaps (list): Pairs of a level's name and a picture (H, W, 3)
    """

    image_id: int
    name: str
    image: np.ndarray
    boxes: np.ndarray | None = None
    keypoints: np.ndarray | None = None
    scores: np.ndarray | None = None
    track_ids: np.ndarray | None = None
    heatmaps: list[tuple[str, np.ndarray]] = dataclasses.field(
        default_factory=list
    )

    def to_results(self) -> list[dict[str, Any]]:
        """Return the people as :func:`to_results` does.

        Over a video with tracks, each has a ``track_id`` too.
        """
        results = to_results(
            self.image_id, self.boxes, self.keypoints, self.scores
        )
        if self.track_ids is not None:
            for result, number in zip(results, self.track_ids, strict=True):
                result['track_id'] = int(number)
        return results


@dataclasses.dataclass(frozen=True)
class Unreadable:
    """An image that could not be read, or a video not to its end.

    Args:
        name (str): Path of the file
        reason (str): What is wrong with it
    """

    name: str
    reason: str
