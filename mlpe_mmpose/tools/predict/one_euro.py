"""The One-Euro filter (Casiez et al., CHI 2012) for tracked keypoints."""

import math

import numpy as np

# The authors' defaults are 1 Hz and 0; their advice is to raise beta until
# fast motion does not lag. For keypoints in pixels this is our choice.
MIN_CUTOFF = 1.0  # Hz
BETA = 0.05  # Hz per pixel/s
DERIVATIVE_CUTOFF = 1.0  # Hz, as in the paper


class OneEuroFilter:
    """Smooth a signal that comes at a fixed rate.

    A low-pass filter, whose cutoff grows with the speed: it takes the jitter
    from what rests, and lags little behind what moves. Each value of an
    array has a filter of its own. The speed is that between two given values,
    so that the lag does not count as speed.

    Args:
        rate (float): Values a second
        min_cutoff (float): Cutoff at rest in Hz. Defaults to 1
        beta (float): Growth of the cutoff with the speed, in Hz per unit of
            the signal a second. Defaults to 0.05
    """

    def __init__(
        self, rate: float, min_cutoff: float = MIN_CUTOFF, beta: float = BETA
    ) -> None:
        self.rate, self.min_cutoff, self.beta = rate, min_cutoff, beta
        self._given: np.ndarray | None = None
        self._value: np.ndarray | None = None
        self._speed: np.ndarray | float = 0.0

    def __call__(self, value: np.ndarray) -> np.ndarray:
        """Return the smoothed value; the first is returned as it is."""
        given, self._given = self._given, value
        if given is None:
            self._value = value
            return value
        speed = (value - given) * self.rate
        weight = self._weight(DERIVATIVE_CUTOFF)
        self._speed = self._speed + weight * (speed - self._speed)
        cutoff = self.min_cutoff + self.beta * np.abs(self._speed)
        self._value = self._value + self._weight(cutoff) * (
            value - self._value
        )
        return self._value

    def _weight(self, cutoff: np.ndarray | float) -> np.ndarray | float:
        """Return the weight of a new value, 1 / (1 + rate / (2 pi f))."""
        return 1 / (1 + self.rate / (2 * math.pi * cutoff))
