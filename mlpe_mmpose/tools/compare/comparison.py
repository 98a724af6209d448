"""All runs of a suite, one after the other, and their tables."""

import contextlib
import fcntl
import math
import os
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from .costs import Costs, costs_of
from .runs import Run, finish, plan_runs
from .suite import load_suite
from .table import LEGEND, Row, draw, markdown, write_csv


def compare(
    suite: str,
    data: str | Path,
    out: str | Path,
    seeds: int = 3,
    only: Sequence[str] = (),
    minutes: float = math.inf,
    say: Callable[[str], None] = print,
) -> list[Row]:
    """Train and test all experiments of a suite with several seeds.

    A run that is done is not run again, one that was stopped continues from
    its last checkpoint. Each trains and tests ``config/run.py`` of its
    folder, the experiment's config with all changes. ``table.md``,
    ``runs.csv`` and ``plot.png`` in ``out`` are written after every run.

    Args:
        suite (str): A shipped suite, as ``'tiny'``, or a file's path
        data (str): Root of the data, in COCO's layout
        out (str): Folder of the runs, the tables and the plot
        seeds (int): Number of runs of an experiment. Defaults to 3
        only (Sequence[str]): Names of experiments; all if empty
        minutes (float): No run is begun that would end later, if it took as
            long as the longest before it. Defaults to no limit
        say (callable): Takes each line of progress. Defaults to ``print``

    Returns:
        list[Row]: One an experiment, in the suite's order.

    Raises:
        FileNotFoundError: If there is no such suite, or no such data.
        NotADirectoryError: If ``out`` is a file.
        ValueError: If the suite is wrong, or has no experiment of a name in
            ``only``, a config cannot be built, or ``out`` holds runs with
            other options. Nothing is trained then.
        RuntimeError: If a run fails, with the end of its output; or if
            another process is at work in ``out``.
    """
    deadline = time.monotonic() + 60 * minutes
    data, out = Path(data), Path(out)
    experiments = load_suite(suite)
    names = [experiment.name for experiment in experiments.experiments]
    if unknown := set(only) - set(names):
        raise ValueError(
            f'suite {suite!r} has no experiment '
            f'{", ".join(map(repr, sorted(unknown)))}; it has '
            f'{", ".join(names)}.'
        )
    if out.exists() and not out.is_dir():
        raise NotADirectoryError(f'{out} is a file; the runs need a folder.')
    planned = plan_runs(experiments, data, out, seeds)
    # tables keep what an earlier call with more seeds has found
    known = plan_runs(experiments, data, out, max(seeds, _seeds_found(out)))
    with _alone_in(out):
        rows = {e.name: Row(e) for e in experiments.experiments}
        _read_results(known, rows)
        left = [
            run
            for run in planned
            if (not only or run.experiment.name in only)
            and run.result() is None
        ]
        for run in left:
            run.prepare()
        _write(list(rows.values()), out)
        _run_all(left, rows, out, deadline, say)
        return list(rows.values())


def _seeds_found(out: Path) -> int:
    """Number of seeds, from 0, of which some experiment is done."""
    done = out.glob('runs/*/seed*/result.json')
    seeds = [int(path.parent.name.removeprefix('seed')) for path in done]
    return max(seeds, default=-1) + 1


def _read_results(runs: Sequence[Run], rows: dict[str, Row]) -> None:
    """Give the rows the stored results, and the costs of their models."""
    for run in runs:
        row = rows[run.experiment.name]
        result = run.result()
        if result is not None:
            row.results.append(result)
        if row.costs is None:
            row.costs = _measure_costs(run)


def _measure_costs(run: Run) -> Costs:
    """The costs of a model; this is the first time that it is built.

    Raises:
        ValueError: If it cannot be built or run, with the cause.
    """
    try:
        return costs_of(run)
    except Exception as error:  # whatever a wrong config leads to
        raise ValueError(
            f'the model of experiment {run.experiment.name!r} '
            f'({run.experiment.path}) does not work: '
            f'{type(error).__name__}: {error}'
        ) from error


def _run_all(
    left: Sequence[Run],
    rows: dict[str, Row],
    out: Path,
    deadline: float,
    say: Callable[[str], None],
) -> None:
    """Run what is left, and write what is known after each."""
    if not left:
        say('all runs are done; to train one again, remove its folder')
    longest = 0.0
    for number, run in enumerate(left, 1):
        start = time.monotonic()
        if start + longest > deadline:
            say(
                f'out of time; runs left: {len(left) - number + 1}. The same '
                'command continues with them.'
            )
            return
        say(f'== run {number} of {len(left)}: {_title(run)}')
        result = finish(run, say)
        seconds = time.monotonic() - start
        longest = max(longest, seconds)
        row = rows[run.experiment.name]
        row.results.append(result)
        row.results.sort(key=lambda found: found['seed'])
        ap = result['metrics']['AP']
        found = 'no AP, nobody is labelled' if ap < 0 else f'AP {ap:.3f}'
        say(f'{_title(run)}: {found} ({seconds:.0f} s)')
        _write(list(rows.values()), out)


@contextlib.contextmanager
def _alone_in(out: Path) -> Iterator[None]:
    """Lock a folder: two comparisons would write the same checkpoints."""
    out.mkdir(parents=True, exist_ok=True)
    folder = os.open(out, os.O_RDONLY)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise RuntimeError(
                f'another comparison is at work in {out}. Wait for its end, '
                'stop it, or give another --out.'
            ) from error
        yield
    finally:
        # closing releases the lock, and so does the end of the process
        os.close(folder)


def _title(run: Run) -> str:
    return f'{run.experiment.name}, seed {run.seed}'


def _write(rows: list[Row], out: Path) -> None:
    """Write the tables and the plot of all results so far."""
    (out / 'table.md').write_text(f'{markdown(rows)}\n{LEGEND}')
    write_csv(rows, out / 'runs.csv')
    if any(row.results for row in rows):
        draw(rows, out / 'plot.png')
