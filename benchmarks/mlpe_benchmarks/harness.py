"""What the benchmarks share: taking turns, medians, and one table.

A benchmark is a module with a docstring and a function
``measure(options) -> Iterator[Row]``; ``NAMES`` of ``run_all.py`` lists it.
``python -m mlpe_mmpose benchmark NAME --quick`` runs it.
"""

import contextlib
import dataclasses
import statistics
import time
from collections.abc import Callable, Iterator

import cv2
import torch

HEADINGS = ('What', 'Size', 'Peer', 'Peer', 'Ours', 'Ratio', 'Target', 'Equal')


class MissingInputError(RuntimeError):
    """What a benchmark measures is not there; the message says what to do."""


@dataclasses.dataclass
class Options:
    """How to measure.

    Args:
        quick (bool): Small sizes and few turns, for a minute's worth
        device (str): ``'cpu'`` or ``'cuda'``
    """

    quick: bool
    device: str

    @property
    def turns(self) -> int:
        """How often each side is measured."""
        return 3 if self.quick else 9


@dataclasses.dataclass
class Row:
    """One line of the table: a figure of ours beside the peer's.

    Args:
        what (str): What was measured
        size (str): Sizes and precision
        peer (str): What a user would otherwise pick
        theirs (float): The peer's figure
        ours (float): Our figure
        unit (str): Of both. Rates (``'.../s'``) are better high, all else low
        target (float, optional): The ratio that was aimed at
        equal (str): What was compared between the two results, the largest
            difference found and the bound
    """

    what: str
    size: str
    peer: str
    theirs: float
    ours: float
    unit: str
    target: float | None = None
    equal: str = ''

    @property
    def ratio(self) -> float:
        """How many times better ours is; above 1 is better."""
        better_high = self.unit.endswith('/s')
        return (
            self.ours / self.theirs if better_high else self.theirs / self.ours
        )

    def cells(self) -> list[str]:
        """The line's cells, in the order of ``HEADINGS``."""
        target = '' if self.target is None else f'{self.target:g}'
        return [
            self.what,
            self.size,
            self.peer,
            f'{number(self.theirs)} {self.unit}',
            f'{number(self.ours)} {self.unit}',
            number(self.ratio),
            target,
            self.equal,
        ]


def number(value: float) -> str:
    """Three figures, as a person writes them."""
    if value >= 100:
        return f'{value:,.0f}'
    return f'{value:.3g}'


def take_turns(
    ours: Callable[[], object],
    peer: Callable[[], object],
    options: Options,
    warm_up: int = 1,
) -> tuple[float, float]:
    """Time two functions in alternation, so that drift hits both.

    Args:
        ours (callable): One piece of our work
        peer (callable): The same work, done by the peer
        options (Options): How often, and on which device
        warm_up (int): Untimed calls of each

    Returns:
        tuple[float, float]: Median seconds of ours and of the peer.
    """
    seconds = [[], []]
    for turn in range(-warm_up, options.turns):
        for taken, work in zip(seconds, (ours, peer), strict=True):
            spent = timed(work, options.device)
            if turn >= 0:
                taken.append(spent)
    return statistics.median(seconds[0]), statistics.median(seconds[1])


def timed(work: Callable[[], object], device: str = 'cpu') -> float:
    """Seconds of one call, with all that it has started on the device."""
    if device == 'cuda':
        torch.cuda.synchronize()
    start = time.perf_counter()
    work()
    if device == 'cuda':
        torch.cuda.synchronize()
    return time.perf_counter() - start


@contextlib.contextmanager
def one_core() -> Iterator[None]:
    """Do without threads, as in a loader's process."""
    threads = torch.get_num_threads(), cv2.getNumThreads()
    torch.set_num_threads(1)
    cv2.setNumThreads(0)
    try:
        yield
    finally:
        torch.set_num_threads(threads[0])
        cv2.setNumThreads(threads[1])


def within(name: str, difference: float, bound: float) -> str:
    """Say how equal two results are.

    Raises:
        AssertionError: If they are not; a faster wrong result is no figure.
    """
    assert difference <= bound, (
        f'{name}: the results differ by {difference:.3g}, more than {bound:g}.'
    )
    return f'{name} to {difference:.1g} (bound {bound:g})'


def table(rows: list[Row]) -> str:
    """A Markdown table."""
    lines = [HEADINGS, ['---'] * len(HEADINGS)]
    lines += [row.cells() for row in rows]
    return '\n'.join('| ' + ' | '.join(line) + ' |' for line in lines)
