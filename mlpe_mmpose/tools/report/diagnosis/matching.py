"""Matches detections with annotations, and sorts the keypoints' errors.

Note:
    - number of annotations: G
    - number of detections: D
    - number of matches: M
    - number of keypoints: K
"""

from collections.abc import Sequence
from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from .detections import Detections
from .ground_truth import GroundTruth


# smallest OKS of a match (Ronchi and Perona, ICCV 2017)
LEAST_OKS = 0.1
# smallest similarity of a right keypoint, and of a jitter (the same paper)
GOOD, NEAR = 0.85, 0.5
# kinds of error; '' is a right keypoint
KINDS = ('', 'jitter', 'inversion', 'swap', 'miss')


@dataclass(frozen=True)
class Matches:
    """Pairs of an annotation and a detection.

    Args:
        truth (np.ndarray): (M,), rows of the annotations
        detections (np.ndarray): (M,), rows of the detections
        oks (np.ndarray): (M,), OKS of the pairs
    """

    truth: np.ndarray
    detections: np.ndarray
    oks: np.ndarray


def match(
    truth: GroundTruth, detections: Detections, sigmas: np.ndarray
) -> Matches:
    """Match every detection with the free annotation of the largest OKS.

    The detections of higher scores choose first.

    Args:
        truth (GroundTruth): The annotations
        detections (Detections): The detections
        sigmas (np.ndarray): (K,), the data set's OKS constants
    """
    annotated = defaultdict(list)
    for row in np.flatnonzero(truth.evaluated):
        annotated[truth.images[row]].append(row)
    # the pairs of an annotation and a detection of one image
    pairs = [
        (row, detection)
        for detection, image in enumerate(detections.images)
        for row in annotated.get(image, ())
    ]
    rows, columns = np.array(pairs, dtype=int).reshape(-1, 2).T
    pairs = Matches(rows, columns, np.zeros(len(rows)))
    distances = compute_distances(truth, detections, pairs, sigmas)
    # OKS is the mean over labelled keypoints, and NaN marks the others
    oks = np.nanmean(compute_similarity(distances), axis=1)
    # by score, then by OKS, the largest first
    order = np.lexsort((-oks, columns, -detections.scores[columns]))
    taken, busy, chosen = set(), set(), []
    for pair in order[oks[order] >= LEAST_OKS]:
        if rows[pair] not in taken and columns[pair] not in busy:
            taken.add(rows[pair])
            busy.add(columns[pair])
            chosen.append(pair)
    chosen = np.sort(np.array(chosen, dtype=int))
    return Matches(rows[chosen], columns[chosen], oks[chosen])


def compute_distances(
    truth: GroundTruth,
    detections: Detections,
    matches: Matches,
    sigmas: np.ndarray,
    indices: Sequence[int] | None = None,
) -> np.ndarray:
    """Compute the distance of each predicted keypoint from an annotated one.

    Args:
        truth (GroundTruth): The annotations
        detections (Detections): The detections
        matches (Matches): Which detection is compared with which annotation
        sigmas (np.ndarray): (K,), the data set's OKS constants
        indices (Sequence[int], optional): (K,), the annotated keypoint with
            which each predicted keypoint is compared. Defaults to the same

    Returns:
        np.ndarray: (M, K), in units of the keypoint's tolerance in OKS,
        2 * sigma * sqrt(area); NaN where the keypoint is not labelled.
    """
    indices = np.arange(len(sigmas)) if indices is None else list(indices)
    annotated = truth.keypoints[matches.truth][:, indices]
    offset = (
        detections.keypoints[matches.detections][..., :2] - annotated[..., :2]
    )
    areas = truth.areas[matches.truth] + np.spacing(1)
    tolerance = 2 * sigmas[indices] * np.sqrt(areas)[:, None]
    distances = np.linalg.norm(offset, axis=-1) / tolerance
    return np.where(annotated[..., 2] > 0, distances, np.nan)


def compute_similarity(distances: np.ndarray) -> np.ndarray:
    """Return the similarity of keypoints, 0 to 1, as OKS defines it."""
    return np.exp(-(distances**2) / 2)


def sort_errors(
    truth: GroundTruth,
    detections: Detections,
    matches: Matches,
    sigmas: np.ndarray,
    flip_indices: Sequence[int],
) -> np.ndarray:
    """Find the kind of every keypoint's error.

    A keypoint far from its annotation is an inversion if it is near the
    mirrored keypoint of the same person, a swap if it is near the same or
    the mirrored keypoint of another person, and else a miss. If it is near
    both, the nearer one decides.

    Returns:
        np.ndarray: (M, K), indices of ``KINDS``; -1 where the keypoint is
        not labelled.
    """
    data = truth, detections, matches, sigmas
    own = compute_similarity(compute_distances(*data))
    mirrored = np.nan_to_num(
        compute_similarity(compute_distances(*data, flip_indices))
    )
    others = _compare_with_others(*data, flip_indices)
    kinds = np.full(own.shape, KINDS.index('miss'))
    kinds[others >= NEAR] = KINDS.index('swap')
    inverted = (mirrored >= NEAR) & (mirrored >= others)
    kinds[inverted] = KINDS.index('inversion')
    kinds[own >= NEAR] = KINDS.index('jitter')
    kinds[own >= GOOD] = 0
    kinds[np.isnan(own)] = -1
    return kinds


def _compare_with_others(
    truth: GroundTruth,
    detections: Detections,
    matches: Matches,
    sigmas: np.ndarray,
    flip_indices: Sequence[int],
) -> np.ndarray:
    """Compute the best similarity (M, K) to keypoints of other people.

    These are the same keypoint and the mirrored one.
    """
    best = np.zeros((len(matches.truth), len(sigmas)))
    rows = defaultdict(list)
    for row in np.flatnonzero(truth.num_keypoints):
        rows[truth.images[row]].append(row)
    pairs = [
        (place, other)
        for place, row in enumerate(matches.truth)
        for other in rows[truth.images[row]]
        if other != row
    ]
    if not pairs:
        return best
    places, others = np.array(pairs).T
    between = Matches(others, matches.detections[places], matches.oks[places])
    for indices in (None, flip_indices):
        similarity = compute_similarity(
            compute_distances(truth, detections, between, sigmas, indices)
        )
        np.maximum.at(best, places, np.nan_to_num(similarity))
    return best
