"""Runs a suite, and writes its tables."""

import contextlib
import fcntl
import math
import os
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from .costs import Costs, measure_costs
from .dataset import read_dataset
from .runs import Run, finish, plan_runs
from .suite import load_suite
from .table import LEGEND, Row, draw, format_markdown, write_csv


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

    A finished run is not repeated, and a stopped run continues from its last
    checkpoint. Each run trains and tests ``config/run.py`` in its folder,
    which is the experiment's config with all changes. ``table.md``,
    ``runs.csv`` and ``plot.png`` in ``out`` are written after every run.

    Args:
        suite (str): Name of a shipped suite, as ``'tiny'``, or path of a file
        data (str): Folder of the data, in COCO's layout
        out (str): Folder of the runs, the tables and the plot
        seeds (int): Number of runs of each experiment. Defaults to 3
        only (Sequence[str]): Names of experiments; all if empty
        minutes (float): Time limit. A run does not start if it would end
            later, assuming that it takes as long as the longest run of this
            call so far. Defaults to no limit
        say (callable): Takes each line of progress. Defaults to ``print``

    Returns:
        list[Row]: One row for each experiment, in the suite's order.

    Raises:
        FileNotFoundError: If the suite or the data do not exist.
        NotADirectoryError: If ``out`` is a file.
        ValueError: If the suite is wrong, a name in ``only`` is unknown, a
            model cannot be built, or ``out`` holds runs of other configs.
            Nothing is trained then.
        RuntimeError: If a run fails; the message ends with the end of its
            output. Also if another comparison uses ``out``.
    """
    deadline = time.monotonic() + 60 * minutes
    out = Path(out)
    experiments = load_suite(suite)
    dataset = read_dataset(data, experiments.data)
    names = [experiment.name for experiment in experiments.experiments]
    if unknown := set(only) - set(names):
        raise ValueError(
            f'suite {suite!r} has no experiment '
            f'{", ".join(map(repr, sorted(unknown)))}; it has '
            f'{", ".join(names)}.'
        )
    if out.exists() and not out.is_dir():
        raise NotADirectoryError(f'{out} is a file; the runs need a folder.')
    dataset.check()
    planned = plan_runs(experiments, dataset, out, seeds)
    # an earlier call may have run more seeds; the tables keep their results
    known = plan_runs(
        experiments, dataset, out, max(seeds, _count_stored_seeds(out))
    )
    with _lock(out):
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


def _count_stored_seeds(out: Path) -> int:
    """Return 1 more than the largest seed that has a stored result."""
    done = out.glob('runs/*/seed*/result.json')
    seeds = [int(path.parent.name.removeprefix('seed')) for path in done]
    return max(seeds, default=-1) + 1


def _read_results(runs: Sequence[Run], rows: dict[str, Row]) -> None:
    """Add the stored results and the costs of the models to the rows."""
    for run in runs:
        row = rows[run.experiment.name]
        result = run.result()
        if result is not None:
            row.results.append(result)
        if row.costs is None:
            row.costs = _measure_costs(run)


def _measure_costs(run: Run) -> Costs:
    """Measure the costs of a model, which builds it for the first time.

    Raises:
        ValueError: If the model cannot be built or run; the message has the
            cause.
    """
    try:
        return measure_costs(run)
    except Exception as error:  # a wrong config can raise any error
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
    """Run what is left, and write the tables after each run."""
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
def _lock(out: Path) -> Iterator[None]:
    """Lock a folder, so that two comparisons cannot write the same files."""
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
        # closing the folder releases the lock, as the end of the process does
        os.close(folder)


def _title(run: Run) -> str:
    """Return the name of a run in messages."""
    return f'{run.experiment.name}, seed {run.seed}'


def _write(rows: list[Row], out: Path) -> None:
    """Write the tables and the plot of all results so far."""
    (out / 'table.md').write_text(f'{format_markdown(rows)}\n{LEGEND}')
    write_csv(rows, out / 'runs.csv')
    if any(row.results for row in rows):
        draw(rows, out / 'plot.png')
