"""Random draws that are the same on every machine."""

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

T = TypeVar('T')


class Dice:
    """A random stream that belongs to one image of one data set.

    The stream reads the raw words of PCG64, which NumPy promises never to
    change (NEP 19; the methods of ``Generator`` carry no such promise), and
    converts them with exact arithmetic only.

    Args:
        seed (int): Seed of the data set, 0 or more
        key (int): Numbers of the stream, as split and image index
    """

    def __init__(self, seed: int, *key: int) -> None:
        sequence = np.random.SeedSequence(seed, spawn_key=key)
        self._words = np.random.PCG64(sequence)

    def unit(self) -> float:
        """Draw from [0, 1) with 53 random bits, the precision of a double."""
        return (self._words.random_raw() >> 11) * 2.0**-53

    def uniform(self, low: float, high: float) -> float:
        """Draw from [low, high)."""
        return low + (high - low) * self.unit()

    def integer(self, low: int, high: int) -> int:
        """Draw a whole number, both ends included."""
        return low + int((high - low + 1) * self.unit())

    def chance(self, probability: float) -> bool:
        """Return True with the given probability."""
        return self.unit() < probability

    def choice(self, items: Sequence[T]) -> T:
        """Draw one of the items, all equally likely."""
        return items[self.integer(0, len(items) - 1)]

    def noise(self, shape: tuple[int, ...]) -> np.ndarray:
        """Draw an array of uint8, all values equally likely."""
        count = int(np.prod(shape))
        words = self._words.random_raw(count // 8 + 1)  # a word has 8 bytes
        little_endian = words.astype('<u8').view(np.uint8)
        return little_endian[:count].reshape(shape)
