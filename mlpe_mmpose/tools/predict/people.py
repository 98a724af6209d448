"""Finds the boxes of people in frames."""

import dataclasses
from collections.abc import Callable, Iterable, Iterator

import numpy as np

from mlpe_mmpose.tools.build_detector import (
    DEFAULT_THRESHOLD,
    build_detector,
    check_threshold,
)
from mlpe_mmpose.tools.person_boxes import PERSON, read_person_boxes

from .frames import Frame
from .inputs import Input

FindBoxes = Callable[[Frame], np.ndarray]
NOBODY = np.empty((0, 5), np.float32)


@dataclasses.dataclass(frozen=True)
class People:
    """Where the boxes of people come from; exactly one of three.

    Args:
        detector (str, optional): A detector, as :func:`build_detector` takes
            it
        detector_checkpoint (str, optional): Its weights
        boxes (str, optional): A file in MMPose's person-detection format
        whole_image (bool): Every image is one person
        threshold (float, optional): Boxes with a lower score are left out.
            Defaults to 0.3 for a detector, and to 0 for a file
        device (str): Where the detector runs. Defaults to ``'cpu'``
    """

    detector: str | None = None
    detector_checkpoint: str | None = None
    boxes: str | None = None
    whole_image: bool = False
    threshold: float | None = None
    device: str = 'cpu'

    @property
    def on_gpu(self) -> bool:
        """Whether a detector runs on a GPU; one in an ONNX file does not."""
        if self.detector is None or self.detector.endswith('.onnx'):
            return False
        return self.device != 'cpu'

    def check(self) -> None:
        """Check that the fields fit together.

        Raises:
            ValueError: If they do not.
        """
        given = [
            name
            for name in ('detector', 'boxes', 'whole_image')
            if getattr(self, name)
        ]
        if len(given) != 1:
            raise ValueError(
                'predict needs to know where people are, by one of '
                '--detector, --boxes and --whole-image, got '
                f'{" and ".join(given) or "none of them"}.'
            )
        if self.detector_checkpoint and not self.detector:
            raise ValueError(
                f'--detector-checkpoint={self.detector_checkpoint} needs '
                '--detector, which says what the weights belong to.'
            )
        if self.threshold is not None and self.whole_image:
            raise ValueError(
                f'--threshold={self.threshold} leaves out boxes of a lower '
                'score, and with --whole-image there are none. Leave out one '
                'of the two.'
            )
        # the scores of a file may have any range
        if self.threshold is not None and self.detector:
            check_threshold(self.threshold)

    def load(self, source: Input | None = None) -> FindBoxes:
        """Load the detector or the file.

        Args:
            source (Input, optional): The images, which a file of boxes has
                to be about. Defaults to no check of that

        Returns:
            callable: Finds the boxes (N, 5) of a frame.

        Raises:
            ValueError: If the fields do not fit together, or the file has
                another format, or boxes of none of the images, or none that
                reaches the threshold, or the images have no ids.
            FileNotFoundError: If a file is missing.
        """
        self.check()
        if self.whole_image:
            return _box_image
        if self.boxes:
            return self._read_boxes(source)
        threshold = self.threshold
        detect = build_detector(
            self.detector,
            self.detector_checkpoint,
            self.device,
            DEFAULT_THRESHOLD if threshold is None else threshold,
        )
        return lambda frame: detect([frame.image])[0]

    def _read_boxes(self, source: Input | None) -> FindBoxes:
        """Read the file, and check that it is about the images."""
        boxes = read_person_boxes(self.boxes)
        if source and not source.ids_are_names:
            raise ValueError(
                f'--boxes={self.boxes} names images by their ids, which the '
                'file names do not have. Add --ann-file, the annotations '
                'that give the images their ids.'
            )
        if not boxes:
            raise ValueError(
                f'--boxes={self.boxes} has no box of a person, that is with '
                f"'category_id' {PERSON} and an area."
            )
        # the frames of a video are counted from 0
        known = source and (source.paths or range(source.count or 0))
        if known and boxes.keys().isdisjoint(known):
            raise ValueError(
                f'--boxes={self.boxes} has boxes of none of the {len(known)} '
                f'images: its first ids are {list(boxes)[:3]}, those of the '
                f'images {list(known)[:3]}.'
            )
        threshold = self.threshold or 0.0
        highest = max(rows[:, 4].max() for rows in boxes.values())
        # a threshold of NaN leaves out every box as well
        if not threshold <= highest:
            raise ValueError(
                f'--threshold={threshold} leaves out every box of '
                f'--boxes={self.boxes}, whose scores are up to {highest:g}. '
                'Give a lower threshold.'
            )
        kept = {n: rows[rows[:, 4] >= threshold] for n, rows in boxes.items()}
        # nobody is in an image without boxes
        return lambda frame: kept.get(frame.image_id, NOBODY)


def _box_image(frame: Frame) -> np.ndarray:
    """Return one box as large as the image."""
    height, width = frame.image.shape[:2]
    return np.array([[0, 0, width, height, 1]], np.float32)


def set_boxes(frames: Iterable[Frame], find: FindBoxes) -> Iterator[Frame]:
    """Set the boxes of frames, one frame after the other."""
    for frame in frames:
        frame.boxes = find(frame)
        yield frame
