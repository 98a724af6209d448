"""All runs of a suite, one after the other, and their tables."""

import contextlib
import fcntl
import os
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from .costs import costs_of
from .runs import Run, finish, plan_runs
from .suite import load_suite
from .table import Row, draw, markdown, write_csv


def compare(
    suite: str,
    data: str | Path,
    out: str | Path,
    seeds: int = 3,
    only: Sequence[str] = (),
    say: Callable[[str], None] = print,
) -> list[Row]:
    """Train and test all experiments of a suite with several seeds.

    A run that is done is not run again, one that was stopped goes on from
    its last checkpoint. After every run ``table.md``, ``runs.csv`` and
    ``plot.png`` in ``out`` say all that is known until then.

    Args:
        suite (str): A suite of ``configs/suites/``, or a file's path
        data (str): Root of the data, in COCO's layout
        out (str): Where everything goes
        seeds (int): Number of runs of an experiment. Defaults to 3
        only (Sequence[str]): Names of experiments; all if empty
        say (callable): Takes each line of progress. Defaults to ``print``

    Returns:
        list[Row]: One an experiment, in the suite's order.

    Raises:
        FileNotFoundError: If there is no such suite, or no such data.
        ValueError: If the suite is wrong, or has no experiment of a name in
            ``only``, or ``out`` holds runs with other options.
        RuntimeError: If a run fails, with the end of its output; or if
            another process is at work in ``out``.
    """
    data, out = Path(data), Path(out)
    experiments = load_suite(suite)
    names = [experiment.name for experiment in experiments.experiments]
    if unknown := set(only) - set(names):
        raise ValueError(
            f'suite {suite!r} has no {", ".join(sorted(unknown))}; it has '
            f'{", ".join(names)}.'
        )
    runs = plan_runs(experiments, data, out, seeds)
    with _alone_in(out):
        return _run_all(
            runs, [Row(e) for e in experiments.experiments], out, only, say
        )


def _run_all(
    runs: Sequence[Run],
    rows: Sequence[Row],
    out: Path,
    only: Sequence[str],
    say: Callable[[str], None],
) -> list[Row]:
    """Run what is left, and write what is known after each."""
    rows = {row.experiment.name: row for row in rows}
    left = []
    for run in runs:
        row = rows[run.experiment.name]
        if row.costs is None:
            row.costs = costs_of(run)
        result = run.result()
        if result is not None:
            row.results.append(result)
        elif not only or run.experiment.name in only:
            left.append(run)
    _write(list(rows.values()), out)
    for number, run in enumerate(left, 1):
        say(f'== run {number} of {len(left)}: {_title(run)}')
        start = time.perf_counter()
        result = finish(run, say)
        row = rows[run.experiment.name]
        row.results.append(result)
        row.results.sort(key=lambda found: found['seed'])
        say(
            f'{_title(run)}: AP {result["metrics"]["AP"]:.3f} '
            f'({time.perf_counter() - start:.0f} s)'
        )
        _write(list(rows.values()), out)
    return list(rows.values())


@contextlib.contextmanager
def _alone_in(out: Path) -> Iterator[None]:
    """Keep others out of a folder: two would write the same checkpoints."""
    out.mkdir(parents=True, exist_ok=True)
    folder = os.open(out, os.O_RDONLY)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise RuntimeError(
                f'another comparison is at work in {out}. Wait for it, stop '
                'it, or give another --out.'
            ) from error
        yield
    finally:
        # the system lets go of the lock with it, however a process ends
        os.close(folder)


def _title(run: Run) -> str:
    return f'{run.experiment.name}, seed {run.seed}'


def _write(rows: list[Row], out: Path) -> None:
    """All that is known so far."""
    (out / 'table.md').write_text(markdown(rows))
    write_csv(rows, out / 'runs.csv')
    if any(row.results for row in rows):
        draw(rows, out / 'plot.png')
