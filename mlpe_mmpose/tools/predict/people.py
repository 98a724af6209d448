"""Finds the boxes of people in frames."""

import dataclasses
from collections.abc import Iterable, Iterator

import numpy as np

from mlpe_mmpose.tools.build_detector import DEFAULT_THRESHOLD, build_detector
from mlpe_mmpose.tools.person_boxes import read_person_boxes

from .frames import Frame
from .inputs import Input

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

    def load(self) -> 'DetectedPeople | GivenPeople | WholeImages':
        """Load the detector or the file.

        Raises:
            ValueError: If the fields do not fit together, or the file has
                another format.
            FileNotFoundError: If a file is missing.
        """
        self.check()
        if self.whole_image:
            return WholeImages()
        if self.boxes:
            return GivenPeople(self.boxes, self.threshold or 0.0)
        return DetectedPeople(self)


class DetectedPeople:
    """The boxes that a detector finds."""

    def __init__(self, people: People) -> None:
        threshold = people.threshold
        self.detect = build_detector(
            people.detector,
            people.detector_checkpoint,
            people.device,
            DEFAULT_THRESHOLD if threshold is None else threshold,
        )

    def check(self, source: Input) -> None:
        """A detector can look at every image."""

    def find(self, frames: Iterable[Frame]) -> Iterator[Frame]:
        """Set the boxes of frames, one frame after the other."""
        for frame in frames:
            (frame.boxes,) = self.detect([frame.image])
            yield frame


class GivenPeople:
    """The boxes of a file."""

    def __init__(self, path: str, threshold: float) -> None:
        self.path = path
        self.boxes = {
            image_id: boxes[boxes[:, 4] >= threshold]
            for image_id, boxes in read_person_boxes(path).items()
        }

    def check(self, source: Input) -> None:
        """Check that the file is about these images.

        Raises:
            ValueError: If the images have no ids, or the file has boxes of
                none of them.
        """
        if not source.ids_are_names:
            raise ValueError(
                f'--boxes={self.path} names images by their ids, which the '
                'file names do not have. Add --ann-file, the annotations '
                'that give the images their ids.'
            )
        if source.paths and not source.paths.keys() & self.boxes.keys():
            raise ValueError(
                f'--boxes={self.path} has boxes of none of the '
                f'{len(source.paths)} images: its first ids are '
                f'{list(self.boxes)[:3]}, those of the images '
                f'{list(source.paths)[:3]}.'
            )

    def find(self, frames: Iterable[Frame]) -> Iterator[Frame]:
        """Set the boxes of frames; nobody is in an image without boxes."""
        for frame in frames:
            frame.boxes = self.boxes.get(frame.image_id, NOBODY)
            yield frame


class WholeImages:
    """One person an image, as large as the image."""

    def check(self, source: Input) -> None:
        """Every image has a size."""

    def find(self, frames: Iterable[Frame]) -> Iterator[Frame]:
        """Set the boxes of frames."""
        for frame in frames:
            height, width = frame.image.shape[:2]
            frame.boxes = np.array([[0, 0, width, height, 1]], np.float32)
            yield frame
