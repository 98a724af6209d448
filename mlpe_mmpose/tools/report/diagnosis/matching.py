"""Matches detections with annotations, and sorts the keypoints' errors.

Note:
    - number of annotations: G
    - number of detections: D
    - number of matches: M
    - number of keypoints: K
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .ground_truth import GroundTruth
from .people import People

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
        people (np.ndarray): (M,), rows of the detections
        oks (np.ndarray): (M,), OKS of the pairs
    """

    truth: np.ndarray
    people: np.ndarray
    oks: np.ndarray


def match(truth: GroundTruth, people: People, sigmas: np.ndarray) -> Matches:
    """Match every detection with the free annotation of the largest OKS.

    The detections of higher scores choose first.

    Args:
        truth (GroundTruth): The annotations
        people (People): The detections
        sigmas (np.ndarray): (K,), the data set's OKS constants
    """
    annotated = {}
    for row in np.flatnonzero(truth.evaluated):
        annotated.setdefault(truth.images[row], []).append(row)
    order = np.argsort(-people.scores, kind='stable')
    pairs = [
        (row, person)
        for row in order
        for person in annotated.get(people.image_ids[row], ())
    ]
    pairs = np.array(pairs, dtype=int).reshape(-1, 2)
    # OKS is the mean over labelled keypoints, and NaN marks the others
    compared = Matches(pairs[:, 1], pairs[:, 0], np.zeros(len(pairs)))
    distances = compute_distances(truth, people, compared, sigmas)
    similarity = np.nanmean(compute_similarity(distances), axis=1)
    found = {}
    starts = np.flatnonzero(np.diff(pairs[:, 0], prepend=-1))
    blocks = np.split(np.arange(len(pairs)), starts[1:]) if len(pairs) else []
    for block in blocks:
        # from the largest OKS to the smallest
        for pair in block[np.argsort(similarity[block], kind='stable')][::-1]:
            if similarity[pair] < LEAST_OKS:
                break
            if pairs[pair, 1] not in found:
                found[pairs[pair, 1]] = pair
                break
    chosen = np.array(sorted(found.values()), dtype=int)
    return Matches(pairs[chosen, 1], pairs[chosen, 0], similarity[chosen])


def compute_distances(
    truth: GroundTruth,
    people: People,
    matches: Matches,
    sigmas: np.ndarray,
    indices: Sequence[int] | None = None,
) -> np.ndarray:
    """Compute the distance of each predicted keypoint from an annotated one.

    Args:
        truth (GroundTruth): The annotations
        people (People): The detections
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
    offset = people.keypoints[matches.people][..., :2] - annotated[..., :2]
    areas = truth.areas[matches.truth] + np.spacing(1)
    tolerance = 2 * sigmas[indices] * np.sqrt(areas)[:, None]
    distances = np.linalg.norm(offset, axis=-1) / tolerance
    return np.where(annotated[..., 2] > 0, distances, np.nan)


def compute_similarity(distances: np.ndarray) -> np.ndarray:
    """Return the similarity of keypoints, 0 to 1, as OKS defines it."""
    return np.exp(-(distances**2) / 2)


def sort_errors(
    truth: GroundTruth,
    people: People,
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
    data = truth, people, matches, sigmas
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
    people: People,
    matches: Matches,
    sigmas: np.ndarray,
    flip_indices: Sequence[int],
) -> np.ndarray:
    """Compute the best similarity (M, K) to keypoints of other people.

    These are the same keypoint and the mirrored one.
    """
    best = np.zeros((len(matches.truth), len(sigmas)))
    rows = {}
    for row, image in enumerate(truth.images):
        if truth.num_keypoints[row] > 0:
            rows.setdefault(image, []).append(row)
    pairs = [
        (place, other)
        for place, row in enumerate(matches.truth)
        for other in rows[truth.images[row]]
        if other != row
    ]
    if not pairs:
        return best
    places, others = np.array(pairs).T
    between = Matches(others, matches.people[places], matches.oks[places])
    for indices in (None, flip_indices):
        similarity = compute_similarity(
            compute_distances(truth, people, between, sigmas, indices)
        )
        np.maximum.at(best, places, np.nan_to_num(similarity))
    return best
