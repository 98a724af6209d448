"""Matches detections with annotations, and sorts the keypoints' errors.

Note:
    - number of matches: M
    - number of pairs of an annotation and a detection of one image: P
    - number of keypoints: K
"""

from collections import defaultdict
from collections.abc import Sequence
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
    """The annotations and their detections.

    Args:
        truth (np.ndarray): (M,), rows of the annotations
        detections (np.ndarray): (M,), rows of the detections
        oks (np.ndarray): (M,), OKS of both
        distances (np.ndarray): (M, K), as of :func:`compute_distances`
        kinds (np.ndarray): (M, K), the kind of every keypoint's error, an
            index of ``KINDS``; -1 where the keypoint is not labelled
    """

    truth: np.ndarray
    detections: np.ndarray
    oks: np.ndarray
    distances: np.ndarray
    kinds: np.ndarray


def match(
    truth: GroundTruth,
    detections: Detections,
    sigmas: np.ndarray,
    flip_indices: Sequence[int],
) -> Matches:
    """Match every detection with the free annotation of the largest OKS.

    The detections of higher scores choose first.

    Args:
        truth (GroundTruth): The annotations
        detections (Detections): The detections
        sigmas (np.ndarray): (K,), the data set's OKS constants
        flip_indices (Sequence[int]): (K,), the mirrored keypoint of each
    """
    pairs = _pair_by_image(truth, detections)
    data = truth, detections, pairs, sigmas
    distances = _compute_distances(*data, np.arange(len(sigmas)))
    similarity = compute_similarity(distances)
    mirrored = _compute_distances(*data, list(flip_indices))
    mirrored = np.nan_to_num(compute_similarity(mirrored))
    # OKS is the mean over labelled keypoints, and NaN marks the others
    oks = np.nanmean(similarity, axis=1)
    rows, columns = pairs
    # by score, then by OKS, the largest first
    order = np.lexsort((-oks, columns, -detections.scores[columns]))
    order = order[truth.evaluated[rows[order]] & (oks[order] >= LEAST_OKS)]
    chosen = np.sort(_choose(pairs, order))
    # the largest similarity to annotations other than the matched one
    others = np.maximum(np.nan_to_num(similarity), mirrored)
    others[chosen] = 0
    nearest = np.zeros((len(detections.scores), len(sigmas)))
    np.maximum.at(nearest, columns, others)
    kinds = _sort_errors(
        similarity[chosen], mirrored[chosen], nearest[columns[chosen]]
    )
    return Matches(*pairs[:, chosen], oks[chosen], distances[chosen], kinds)


def _pair_by_image(truth: GroundTruth, detections: Detections) -> np.ndarray:
    """Return rows (2, P) of labelled annotations and of detections."""
    labelled = defaultdict(list)
    for row in np.flatnonzero(truth.num_keypoints):
        labelled[truth.images[row]].append(row)
    pairs = [
        (row, detection)
        for detection, image in enumerate(detections.images)
        for row in labelled.get(image, ())
    ]
    return np.array(pairs, dtype=int).reshape(-1, 2).T


def _choose(pairs: np.ndarray, order: np.ndarray) -> np.ndarray:
    """Choose pairs in an order; each row can be in one chosen pair."""
    rows, columns, chosen = set(), set(), []
    for pair, (row, column) in zip(
        order, pairs.T[order].tolist(), strict=True
    ):
        if row not in rows and column not in columns:
            rows.add(row)
            columns.add(column)
            chosen.append(pair)
    return np.array(chosen, dtype=int)


def _compute_distances(
    truth: GroundTruth,
    detections: Detections,
    pairs: np.ndarray,
    sigmas: np.ndarray,
    indices: Sequence[int],
) -> np.ndarray:
    """Compute the distance of each predicted keypoint from an annotated one.

    The annotated keypoint ``indices[k]`` is compared with the predicted k.

    Returns:
        np.ndarray: (P, K), in units of the keypoint's tolerance in OKS,
        2 * sigma * sqrt(area); NaN where the keypoint is not labelled.
    """
    rows, columns = pairs
    annotated = truth.keypoints[rows][:, indices]
    offset = detections.keypoints[columns][..., :2] - annotated[..., :2]
    areas = truth.areas[rows] + np.spacing(1)
    tolerance = 2 * sigmas[indices] * np.sqrt(areas)[:, None]
    distances = np.linalg.norm(offset, axis=-1) / tolerance
    return np.where(annotated[..., 2] > 0, distances, np.nan)


def compute_similarity(distances: np.ndarray) -> np.ndarray:
    """Return the similarity of keypoints, 0 to 1, as OKS defines it."""
    return np.exp(-(distances**2) / 2)


def _sort_errors(
    own: np.ndarray, mirrored: np.ndarray, others: np.ndarray
) -> np.ndarray:
    """Find the kind (M, K) of every keypoint's error.

    A keypoint far from its annotation is an inversion if it is near the
    mirrored keypoint of the same person, a swap if it is near the same or
    the mirrored keypoint of another person, and else a miss. If it is near
    both, the nearer one decides.

    Args:
        own (np.ndarray): (M, K), similarity to the annotation
        mirrored (np.ndarray): (M, K), to the person's mirrored keypoint
        others (np.ndarray): (M, K), to the nearest of other people
    """
    kinds = np.full(own.shape, KINDS.index('miss'))
    kinds[others >= NEAR] = KINDS.index('swap')
    inverted = (mirrored >= NEAR) & (mirrored >= others)
    kinds[inverted] = KINDS.index('inversion')
    kinds[own >= NEAR] = KINDS.index('jitter')
    kinds[own >= GOOD] = 0
    kinds[np.isnan(own)] = -1
    return kinds
