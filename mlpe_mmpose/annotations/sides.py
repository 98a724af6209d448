"""What the names of keypoints tell about left and right."""

import re
from collections import Counter
from collections.abc import Sequence

LEFT, RIGHT = {'left', 'l'}, {'right', 'r'}
SIDES = dict(left='right', right='left', l='r', r='l')
# Words of Latin letters, numbers, words of other letters, and any sign that
# does not only separate words. A capital of ASCII begins a new word; an
# accented letter (À to ɏ) is inside of one, as in Rücken.
WORDS = re.compile(
    r'left|right|[A-Z]+(?![a-zÀ-ɏ])|[A-Z]?[a-zÀ-ɏ]+|\d+|'
    r'[^\W\d_a-zA-ZÀ-ɏ]+|[^\w\s.-]'
)


def split_words(name: str) -> tuple[str, ...]:
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
    counts = Counter(map(split_words, names))
    by_words = {split_words(name): name for name in names}
    swaps = {}
    for name in names:
        own = split_words(name)
        other = tuple(SIDES.get(word, word) for word in own)
        if other != own and counts[own] == counts[other] == 1:
            swaps[name] = by_words[other]
    return swaps


def find_unpaired(names: Sequence[str], swaps: dict[str, str]) -> list[str]:
    """List names with a side that have no partner, or more than one."""
    return [
        name
        for name in names
        if name not in swaps and not set(split_words(name)).isdisjoint(SIDES)
    ]
