"""What a diagnosis finds, in plain records."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Slice:
    """Average precision on some of the annotated people.

    All others are ignored, not removed: who finds them makes no mistake.

    Args:
        name (str): Of the slice
        description (str): Who is in it
        num_people (int): How many are
        ap (float, optional): From 0 to 1; ``None`` where nobody is in it
    """

    name: str
    description: str
    num_people: int
    ap: float | None


@dataclass(frozen=True)
class KeypointError:
    """How far predictions of one keypoint are from the truth.

    Distances are in units of the keypoint's tolerance in OKS, 2 * sigma *
    sqrt(area): at 1 a keypoint's similarity is exp(-1/2), 0.61.

    Args:
        name (str): The keypoint's
        count (int): Labelled keypoints of people who were found
        median (float): Of the distances; NaN without any
        tenth (float): The distance that one of ten exceeds; the same
        similarity (float): Mean similarity, 0 to 1; the same
    """

    name: str
    count: int
    median: float
    tenth: float
    similarity: float


@dataclass(frozen=True)
class ErrorKind:
    """One of the kinds of Ronchi and Perona (ICCV 2017).

    Args:
        name (str): ``'jitter'``, ``'inversion'``, ``'swap'`` or ``'miss'``
        count (int): Keypoints with this error
        share (float): Of the labelled keypoints of people who were found
        ap_fixed (float): AP with all of them put where they belong
        gain (float): ``ap_fixed`` less the AP as it is
    """

    name: str
    count: int
    share: float
    ap_fixed: float
    gain: float


@dataclass(frozen=True)
class WorstPerson:
    """An annotated person and what was predicted.

    Note:
        - keypoint number: K

    Args:
        image_id (int): The image
        file_name (str): Its file
        annotation_id (int): The annotation
        box (tuple): [x, y, w, h], pixels
        truth (np.ndarray): (K, 3), x, y, v
        predicted (np.ndarray, optional): (K, 3), x, y, score; ``None`` where
            nobody was predicted
        oks (float): Similarity of both, 0 to 1
        kinds (tuple[str]): K, each keypoint's error; ``''`` for none
    """

    image_id: int
    file_name: str
    annotation_id: int
    box: tuple[float, ...]
    truth: np.ndarray
    predicted: np.ndarray | None
    oks: float
    kinds: tuple[str, ...]


@dataclass(frozen=True)
class Diagnosis:
    """All findings on one file of results.

    Args:
        keypoint_names (tuple[str]): K names
        num_images (int): Annotated images
        num_people (int): Annotated people with a labelled keypoint
        num_found (int): Those whom a prediction matches
        num_detections (int): Predicted people
        metrics (dict[str, float]): COCO's figures by name, 0 to 1, -1 for
            nothing to find
        by_size (tuple[Slice]): COCO's sizes
        by_visibility (tuple[Slice]): By the share of visible keypoints
        by_crowding (tuple[Slice]): By the image's crowd index
        keypoints (tuple[KeypointError]): K
        num_good (int): Keypoints without an error
        errors (tuple[ErrorKind]): Four kinds
        worst (tuple[WorstPerson]): The worst first
    """

    keypoint_names: tuple[str, ...]
    num_images: int
    num_people: int
    num_found: int
    num_detections: int
    metrics: dict[str, float]
    by_size: tuple[Slice, ...]
    by_visibility: tuple[Slice, ...]
    by_crowding: tuple[Slice, ...]
    keypoints: tuple[KeypointError, ...]
    num_good: int
    errors: tuple[ErrorKind, ...]
    worst: tuple[WorstPerson, ...]
