"""Does the runs of a comparison, in turn or some at the same time."""

import contextlib
import functools
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    Future,
    ThreadPoolExecutor,
    wait,
)

from ..escape import escape
from ..mim_runs import signal_running
from .runs import Run
from .train_and_test import train_and_test

OTHERS = '\nNo other run starts; those that have started go on to their end.'


def do_runs(
    left: Sequence[Run], jobs: int, deadline: float, say: Callable[[str], None]
) -> Iterator[tuple[Run, dict]]:
    """Train and test runs, and yield each with its result when it is done.

    If an exception ends this generator, as that of Ctrl-C, or its caller
    closes it, the runs are killed. Each continues from its last checkpoint.

    Args:
        left (Sequence[Run]): The runs, prepared, in their order
        jobs (int): Number of runs at the same time
        deadline (float): A run does not start if it would end later, in
            seconds of ``time.monotonic``, assuming that it takes as long as
            the longest so far; until a run has ended, all start
        say (callable): Takes each line of progress

    Raises:
        RuntimeError: If a run fails. No run starts after that, and those
            that have started are yielded before.
    """
    say = functools.partial(_say_alone, threading.Lock(), say)
    longest, failure = 0.0, None
    waiting, running = deque(enumerate(left, 1)), {}
    with ThreadPoolExecutor(jobs) as pool, _killed_on_exception(running):
        while waiting or running:
            start = time.monotonic()
            # the first run always begins, however long the preparation took
            if waiting and longest and start + longest > deadline:
                say(
                    f'out of time; runs left: {len(waiting)}. The same '
                    'command continues with them.'
                )
                waiting.clear()
            elif waiting and len(running) < jobs:
                number, run = waiting.popleft()
                say(f'== run {number} of {len(left)}: {run.title}')
                tell = functools.partial(_tell, run, say) if jobs > 1 else say
                running[pool.submit(train_and_test, run, tell)] = run, start
            else:
                for done in wait(running, return_when=FIRST_COMPLETED).done:
                    run, start = running.pop(done)
                    seconds = time.monotonic() - start
                    longest = max(longest, seconds)
                    if error := done.exception():
                        # the caller names the error that is raised
                        if running or failure:
                            say(escape(f'{run.title} failed: {error}{OTHERS}'))
                        failure = failure or error
                        waiting.clear()
                        continue
                    say(_describe(run, done.result(), seconds))
                    yield run, done.result()
    if failure:
        raise failure


@contextlib.contextmanager
def _killed_on_exception(running: Collection[Future]) -> Iterator[None]:
    """Kill the commands of all runs if an exception ends the block.

    The pool waits for its threads, which wait for their commands.
    """
    try:
        yield
    except BaseException:
        # a run whose training was killed may have begun its test meanwhile
        while wait(running, timeout=0.1).not_done:
            signal_running(signal.SIGKILL)
        raise


def _describe(run: Run, result: dict, seconds: float) -> str:
    """Return the line of a run that is done."""
    ap = result['metrics']['AP']
    found = 'no AP, nobody is labelled' if ap < 0 else f'AP {ap:.3f}'
    return f'{run.title}: {found} ({seconds:.0f} s)'


def _say_alone(
    lock: threading.Lock, say: Callable[[str], None], line: str
) -> None:
    """Say a line while no other run says one."""
    with lock:
        say(line)


def _tell(run: Run, say: Callable[[str], None], line: str) -> None:
    """Say of which run a line is."""
    say(f'{run.title}: {line}')
