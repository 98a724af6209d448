"""The parts of a diagnosis."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Slice:
    """Average precision on some of the annotated people.

    All other people are ignored: a detection of them is no false positive.

    Args:
        name (str): Name of the slice
        description (str): Which people are in the slice
        num_people (int): Number of people in the slice
        ap (float, optional): From 0 to 1; ``None`` for an empty slice
    """

    name: str
    description: str
    num_people: int
    ap: float | None


@dataclass(frozen=True)
class KeypointError:
    """The distances of one keypoint between detections and annotations.

    Distances are in units of the keypoint's tolerance in OKS, 2 * sigma *
    sqrt(area): at 1 a keypoint's similarity is exp(-1/2), 0.61.

    Args:
        name (str): Name of the keypoint
        count (int): Number of matched people for whom it is labelled
        median (float): Median distance; NaN if ``count`` is 0
        tenth (float): Distance that one of ten exceeds; NaN as above
        similarity (float): Mean similarity, 0 to 1; NaN as above
    """

    name: str
    count: int
    median: float
    tenth: float
    similarity: float


@dataclass(frozen=True)
class ErrorKind:
    """One of the kinds of error of Ronchi and Perona (ICCV 2017).

    Args:
        name (str): ``'jitter'``, ``'inversion'``, ``'swap'`` or ``'miss'``
        count (int): Number of keypoints with this error
        share (float): ``count`` divided by the number of labelled keypoints
            of matched people
        ap_fixed (float): AP with these keypoints moved to their annotations
        gain (float): ``ap_fixed`` minus AP
    """

    name: str
    count: int
    share: float
    ap_fixed: float
    gain: float


@dataclass(frozen=True)
class ExamplePerson:
    """An annotation and its detection.

    Note:
        - keypoint number: K

    Args:
        file_name (str): File of the image
        annotation_id (int): Id of the annotation
        box (tuple): [x, y, w, h], pixels
        truth (np.ndarray): (K, 3), x, y, v
        predicted (np.ndarray, optional): (K, 3), x, y, score; ``None`` if
            no detection matches the annotation
        oks (float): OKS of both, 0 to 1
        kinds (tuple[str]): K kinds of error; ``''`` for a keypoint that is
            right or not labelled
    """

    file_name: str
    annotation_id: int
    box: tuple[float, ...]
    truth: np.ndarray
    predicted: np.ndarray | None
    oks: float
    kinds: tuple[str, ...]


@dataclass(frozen=True)
class Diagnosis:
    """The diagnosis of one results file.

    Args:
        num_images (int): Number of images
        num_people (int): Number of annotated people with a labelled keypoint
        num_found (int): Number of these people that a detection matches
        num_detections (int): Number of detections
        metrics (dict[str, float]): COCO's metrics by name, 0 to 1; -1 where
            there is no annotation
        slices (dict[str, tuple[Slice]]): Slices by ``'size'``, by
            ``'visibility'`` and by ``'crowding'``
        keypoints (tuple[KeypointError]): One for each of the K keypoints
        num_good (int): Number of keypoints without an error
        errors (tuple[ErrorKind]): One for each of the four kinds of error
        worst (tuple[ExamplePerson]): People of the smallest OKS, worst first
        best (tuple[ExamplePerson]): People of the largest OKS, best first
    """

    num_images: int
    num_people: int
    num_found: int
    num_detections: int
    metrics: dict[str, float]
    slices: dict[str, tuple[Slice, ...]]
    keypoints: tuple[KeypointError, ...]
    num_good: int
    errors: tuple[ErrorKind, ...]
    worst: tuple[ExamplePerson, ...]
    best: tuple[ExamplePerson, ...]
