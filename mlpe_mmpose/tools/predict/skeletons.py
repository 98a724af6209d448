"""Draws the predicted people into an image."""

from collections.abc import Callable, Sequence

import cv2
import numpy as np

from mlpe_mmpose.tools.drawing import choose_radius, draw_people

from .frames import Frame

Painter = Callable[[Frame], np.ndarray]

TEXT_COLOR = (255, 255, 255)
# codecs whose score is the peak's height / 255 + 0.5
MEGVII_CODECS = ('MLPEHeatmap', 'MegviiHeatmap')
# keypoints below are not drawn: a peak of 0.15 * 255 for those codecs, for
# others the threshold of MMPose's demo
MEGVII_THRESHOLD, THRESHOLD = 0.5 + 0.15, 0.3


def draw_frame(
    frame: Frame,
    links: Sequence[tuple[int, int]],
    colors: Sequence[tuple[int, int, int]],
    threshold: float,
) -> np.ndarray:
    """Draw the people of a frame, and their numbers if they are tracked.

    Args:
        frame (Frame): A frame with its poses
        links (Sequence[tuple]): Pairs of keypoints that a line connects
        colors (Sequence[tuple]): BGR colour of each of K keypoints
        threshold (float): Keypoints with a lower score are not drawn

    Returns:
        np.ndarray: The picture, (H, W, 3), uint8, BGR.
    """
    picture = draw_people(
        frame.image,
        frame.boxes,
        frame.keypoints,
        frame.scores >= threshold,
        links,
        colors,
    )
    if frame.track_ids is not None:
        _draw_track_ids(picture, frame)
    return picture


def _draw_track_ids(picture: np.ndarray, frame: Frame) -> None:
    """Write the number of each tracked person above the box."""
    scale = choose_radius(picture) / 6
    for box, number in zip(frame.boxes, frame.track_ids, strict=True):
        if number >= 0:
            place = int(box[0]), max(int(box[1]) - 4, 12)
            for color, width in ((0, 0, 0), 3), (TEXT_COLOR, 1):
                cv2.putText(
                    picture, f'{number}', place, 0, scale, color, width
                )


def choose_threshold(codec: str) -> float:
    """Return the score from which on a keypoint is drawn."""
    return MEGVII_THRESHOLD if codec in MEGVII_CODECS else THRESHOLD
