"""What names of keypoints tell: sides, halves of the body, sigmas."""

import functools
import re
import statistics
from collections import Counter
from collections.abc import Sequence

from mmpose.datasets import CocoDataset
from mmpose.datasets.datasets.utils import parse_pose_metainfo

SIDES = dict(left='right', right='left', l='r', r='l')
# of people and animals, below the middle of the body
LOWER = {'hip', 'knee', 'ankle', 'foot', 'feet', 'leg', 'thigh', 'shin'}
LOWER |= {'toe', 'heel', 'paw', 'hock', 'hoof', 'tail', 'croup'}
# words of ASCII by their case, numbers, words of other letters, and any sign
# that does not only separate words
WORDS = re.compile(
    r'left|right|[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_a-zA-Z]+|[^\w\s.-]'
)


def words(name: str) -> tuple[str, ...]:
    """Split a name into words in lower case.

    ``'L_Eye'`` has the words ``('l', 'eye')``.
    """
    return tuple(word.lower() for word in WORDS.findall(name))


def guess_swaps(names: Sequence[str]) -> dict[str, str]:
    """Find the pairs that a mirror exchanges: names that differ in the side.

    Names with the same words, as ``'left_eye'`` and ``'Left_Eye'``, have no
    partner, because nothing says which of them belongs to ``'right_eye'``.

    Args:
        names (Sequence[str]): K names

    Returns:
        dict[str, str]: The partner of each name that has one. A name is the
        partner of its partner.
    """
    counts = Counter(map(words, names))
    by_words = {words(name): name for name in names}
    swaps = {}
    for name in names:
        own = words(name)
        other = tuple(SIDES.get(word, word) for word in own)
        if other != own and counts[own] == counts[other] == 1:
            swaps[name] = by_words[other]
    return swaps


def find_unpaired(names: Sequence[str], swaps: dict[str, str]) -> list[str]:
    """List names with a side that have no partner, or more than one."""
    return [
        name
        for name in names
        if name not in swaps and not set(words(name)).isdisjoint(SIDES)
    ]


def guess_half(name: str) -> str:
    """``'lower'`` or ``'upper'``, for augmentation with half bodies."""
    return 'upper' if LOWER.isdisjoint(words(name)) else 'lower'


def guess_sigma(name: str) -> tuple[float, str]:
    """The tolerance of OKS, and where it comes from."""
    sigmas = _read_coco_sigmas()
    if words(name) in sigmas:
        return sigmas[words(name)], "COCO's of this name"
    return round(statistics.mean(sigmas.values()), 3), "guessed: COCO's mean"


@functools.cache
def _read_coco_sigmas() -> dict[tuple[str, ...], float]:
    """Return COCO's sigmas by the words of COCO's names."""
    info = parse_pose_metainfo(CocoDataset.METAINFO)
    names = map(words, info['keypoint_id2name'].values())
    # MMPose keeps them in float32
    sigmas = [round(sigma.item(), 3) for sigma in info['sigmas']]
    return dict(zip(names, sigmas, strict=True))
