"""Take turns, compute medians, and format the table, for all benchmarks.

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
    """The input of a benchmark is missing; the message says how to get it."""


@dataclasses.dataclass
class Options:
    """How to measure.

    Args:
        quick (bool): Small sizes and few turns, about a minute in all
        device (str): ``'cpu'`` or ``'cuda'``
    """

    quick: bool
    device: str

    @property
    def turns(self) -> int:
        """Number of timed calls of each side."""
        return 3 if self.quick else 9


@dataclasses.dataclass
class Row:
    """One line of the table: a figure of MLPE beside that of a peer.

    Args:
        what (str): The work that was measured
        size (str): Sizes and precision
        peer (str): The program or class that a user would use instead
        theirs (float): Figure of the peer
        ours (float): Figure of MLPE
        unit (str): Unit of both; higher is better only for rates, ``'.../s'``
        target (float, optional): The ratio that the project aims at
        equal (str): The results that were compared, the largest difference
            between them, and its bound
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
        """How many times better MLPE is than the peer."""
        better_high = self.unit.endswith('/s')
        return (
            self.ours / self.theirs if better_high else self.theirs / self.ours
        )

    def cells(self) -> list[str]:
        """Return the cells of the line, in the order of ``HEADINGS``."""
        target = '' if self.target is None else f'{self.target:g}'
        return [
            self.what,
            self.size,
            self.peer,
            f'{format_number(self.theirs)} {self.unit}',
            f'{format_number(self.ours)} {self.unit}',
            format_number(self.ratio),
            target,
            self.equal,
        ]


def format_number(value: float) -> str:
    """Format a value with three significant digits."""
    if value >= 100:
        return f'{value:,.0f}'
    return f'{value:.3g}'


def take_turns(
    ours: Callable[[], object],
    peer: Callable[[], object],
    options: Options,
    warm_up: int = 1,
) -> tuple[float, float]:
    """Time two functions in turns, so that drift of the speed affects both.

    Args:
        ours (callable): The work, done by MLPE
        peer (callable): The same work, done by the peer
        options (Options): The number of turns, and the device
        warm_up (int): Number of calls of each function before the timed ones

    Returns:
        tuple[float, float]: Median seconds of MLPE and of the peer.
    """
    seconds = [[], []]
    for turn in range(-warm_up, options.turns):
        for taken, work in zip(seconds, (ours, peer), strict=True):
            spent = measure_seconds(work, options.device)
            if turn >= 0:
                taken.append(spent)
    return statistics.median(seconds[0]), statistics.median(seconds[1])


def measure_seconds(work: Callable[[], object], device: str = 'cpu') -> float:
    """Return the seconds of one call, until the device has finished."""
    if device == 'cuda':
        torch.cuda.synchronize()
    start = time.perf_counter()
    work()
    if device == 'cuda':
        torch.cuda.synchronize()
    return time.perf_counter() - start


@contextlib.contextmanager
def use_one_core() -> Iterator[None]:
    """Use one thread, as in a process of a data loader."""
    threads = torch.get_num_threads(), cv2.getNumThreads()
    torch.set_num_threads(1)
    cv2.setNumThreads(0)
    try:
        yield
    finally:
        torch.set_num_threads(threads[0])
        cv2.setNumThreads(threads[1])


def check_difference(name: str, difference: float, bound: float) -> str:
    """Check the difference of two results, and describe it.

    Returns:
        str: The name, the difference and the bound.

    Raises:
        AssertionError: If the difference is above the bound.
    """
    assert difference <= bound, (
        f'{name}: the results differ by {difference:.3g}, more than {bound:g}.'
    )
    return f'{name} to {difference:.1g} (bound {bound:g})'


def format_table(rows: list[Row]) -> str:
    """Return the rows as a Markdown table."""
    lines = [HEADINGS, ['---'] * len(HEADINGS)]
    lines += [row.cells() for row in rows]
    return '\n'.join('| ' + ' | '.join(line) + ' |' for line in lines)
