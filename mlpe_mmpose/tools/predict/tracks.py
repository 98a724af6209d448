"""Numbers people over a video, and smooths their keypoints."""

from collections.abc import Iterable, Iterator

import numpy as np

from mlpe_mmpose.optional import require

from .frames import Frame
from .one_euro import OneEuroFilter

# a box and a track are the same person from an IoU of 0.3 on, as in SORT
# (Bewley et al., 2016)
IOU_DISTANCE = 1 - 0.3
# Whoever was seen in n frames may be unseen in n frames and keeps the number,
# up to these seconds; our choice.
MEMORY = 1.0
NO_TRACK = -1


class Tracker:
    """Number the people of a video with ``norfair``.

    Boxes of successive frames are matched by their overlap, with a Kalman
    filter's prediction of their motion.

    Args:
        fps (float): Frames a second

    Raises:
        MissingPackageError: If norfair is not installed.
    """

    def __init__(self, fps: float) -> None:
        self._norfair = require('norfair', '--track')
        self._frame = 0
        memory = max(round(MEMORY * fps), 2)
        self._tracker = self._norfair.Tracker(
            distance_function='iou',
            distance_threshold=IOU_DISTANCE,
            hit_counter_max=memory,
            # a person has a number from the first frame on
            initialization_delay=0,
        )

    def __call__(self, boxes: np.ndarray) -> np.ndarray:
        """Return the numbers of the people of the next frame.

        Args:
            boxes (np.ndarray): (N, 4) or (N, 5), left, top, right, bottom

        Returns:
            np.ndarray: (N,), int, from 1.
        """
        self._frame += 1
        detections = [
            self._norfair.Detection(
                box[:4].reshape(2, 2), data=(self._frame, number)
            )
            for number, box in enumerate(boxes)
        ]
        numbers = np.full(len(boxes), NO_TRACK)
        for person in self._tracker.update(detections):
            frame, number = person.last_detection.data
            # whoever is unseen now was last detected in an older frame
            if frame == self._frame:
                numbers[number] = person.id
        return numbers


def track(
    frames: Iterable[Frame], fps: float, smooth: bool
) -> Iterator[Frame]:
    """Number the people of each frame, and smooth their keypoints.

    Args:
        frames (Iterable): Frames of one video with their poses
        fps (float): Frames a second
        smooth (bool): Whether to filter the keypoints of each track

    Yields:
        Frame: The frames, with ``track_ids``.
    """
    tracker = Tracker(fps)
    filters: dict[int, OneEuroFilter] = {}
    for frame in frames:
        frame.track_ids = tracker(frame.boxes)
        if smooth:
            # who left has no filter any more: a new start does not lag
            filters = {
                number: filters.get(number) or OneEuroFilter(fps)
                for number in frame.track_ids.tolist()
                if number != NO_TRACK
            }
            frame.keypoints = frame.keypoints.copy()
            for person, number in enumerate(frame.track_ids.tolist()):
                if number in filters:
                    smoothed = filters[number](frame.keypoints[person])
                    frame.keypoints[person] = smoothed
        yield frame
