"""Which prediction is of which annotated person, and each keypoint's error.

Note:
    - number of annotated people: G
    - number of predicted people: D
    - number of matches: M
    - number of keypoints: K
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .ground_truth import GroundTruth
from .people import People

# a prediction less similar is of nobody (Ronchi and Perona, ICCV 2017)
LEAST_OKS = 0.1
# similarity of a keypoint that is right, and of one that is near (the same)
GOOD, NEAR = 0.85, 0.5
# '' is none
KINDS = ('', 'jitter', 'inversion', 'swap', 'miss')


@dataclass(frozen=True)
class Matches:
    """Who was found by whom.

    Args:
        truth (np.ndarray): (M,), rows of annotated people
        people (np.ndarray): (M,), rows of predicted people
        oks (np.ndarray): (M,), their similarity
    """

    truth: np.ndarray
    people: np.ndarray
    oks: np.ndarray


def match(truth: GroundTruth, people: People, sigmas: np.ndarray) -> Matches:
    """Give every prediction, by falling score, the person most similar.

    Args:
        truth (GroundTruth): The annotated people
        people (People): The predicted, images numbered as in ``truth``
        sigmas (np.ndarray): (K,)
    """
    annotated = {}
    counted = np.flatnonzero((truth.num_keypoints > 0) & (truth.crowds == 0))
    for row in counted:
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
    every_keypoint = range(len(sigmas))
    similarity = np.nanmean(
        _similarity_to(truth, people, compared, sigmas, every_keypoint), axis=1
    )
    found = {}
    starts = np.flatnonzero(np.diff(pairs[:, 0], prepend=-1))
    blocks = np.split(np.arange(len(pairs)), starts[1:]) if len(pairs) else []
    for block in blocks:
        # by rising similarity, so that the last that is free is the best
        for pair in block[np.argsort(similarity[block], kind='stable')][::-1]:
            if similarity[pair] < LEAST_OKS:
                break
            if pairs[pair, 1] not in found:
                found[pairs[pair, 1]] = pair
                break
    chosen = np.array(sorted(found.values()), dtype=int)
    return Matches(pairs[chosen, 1], pairs[chosen, 0], similarity[chosen])


def distances(
    truth: GroundTruth, people: People, matches: Matches, sigmas: np.ndarray
) -> np.ndarray:
    """Each match's distances (M, K) in units of the tolerance.

    NaN where a keypoint is not labelled.
    """
    annotated = truth.keypoints[matches.truth]
    return np.where(
        annotated[..., 2] > 0,
        _scaled(
            people.keypoints[matches.people],
            annotated,
            truth.areas[matches.truth],
            sigmas,
        ),
        np.nan,
    )


def error_kinds(
    truth: GroundTruth,
    people: People,
    matches: Matches,
    sigmas: np.ndarray,
    flip_indices: Sequence[int],
) -> np.ndarray:
    """The kind (M, K) of every keypoint's error, an index of ``KINDS``.

    -1 where a keypoint is not labelled. A keypoint that is not near its own
    place is an inversion near its mirrored counterpart's, a swap near its
    own or its counterpart's of another person, whichever is nearer, else a
    miss.
    """
    own = np.exp(-(distances(truth, people, matches, sigmas) ** 2) / 2)
    mirrored = np.nan_to_num(
        _similarity_to(truth, people, matches, sigmas, flip_indices)
    )
    others = _similarity_to_others(
        truth, people, matches, sigmas, flip_indices
    )
    kinds = np.full(own.shape, KINDS.index('miss'))
    kinds[others >= NEAR] = KINDS.index('swap')
    inverted = (mirrored >= NEAR) & (mirrored >= others)
    kinds[inverted] = KINDS.index('inversion')
    kinds[own >= NEAR] = KINDS.index('jitter')
    kinds[own >= GOOD] = 0
    kinds[np.isnan(own)] = -1
    return kinds


def _scaled(
    predicted: np.ndarray,
    annotated: np.ndarray,
    areas: np.ndarray,
    sigmas: np.ndarray,
) -> np.ndarray:
    """Distances (M, K) of (M, K, 3) in units of 2 * sigma * sqrt(area)."""
    offset = predicted[..., :2] - annotated[..., :2]
    tolerance = 2 * sigmas * np.sqrt(areas + np.spacing(1))[:, None]
    return np.linalg.norm(offset, axis=-1) / tolerance


def _similarity_to(
    truth: GroundTruth,
    people: People,
    matches: Matches,
    sigmas: np.ndarray,
    indices: Sequence[int],
) -> np.ndarray:
    """Similarity (M, K) to other keypoints of the matched person.

    NaN where those are not labelled.
    """
    annotated = truth.keypoints[matches.truth][:, indices]
    scaled = _scaled(
        people.keypoints[matches.people],
        annotated,
        truth.areas[matches.truth],
        sigmas[list(indices)],
    )
    return np.where(annotated[..., 2] > 0, np.exp(-(scaled**2) / 2), np.nan)


def _similarity_to_others(
    truth: GroundTruth,
    people: People,
    matches: Matches,
    sigmas: np.ndarray,
    flip_indices: Sequence[int],
) -> np.ndarray:
    """Best similarity (M, K) to the keypoint, or its mirror, of others."""
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
    for indices in (range(len(sigmas)), flip_indices):
        similarity = _similarity_to(truth, people, between, sigmas, indices)
        np.maximum.at(best, places, np.nan_to_num(similarity))
    return best
