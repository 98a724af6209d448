"""Runs a suite, and writes its tables."""

import contextlib
import math
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from ..mim_runs import lock_folder
from .costs import measure_costs
from .dataset import DataSet, read_dataset
from .plots import draw_costs, draw_curves, draw_figures
from .results_row import evaluate_results
from .runs import Run, find_metric, plan_runs
from .schedule import do_runs
from .suite import Experiment, load_suite
from .table import Row, format_legend, format_markdown, write_csv

PLOTS = {
    'plot.png': draw_figures,
    'curves.png': draw_curves,
    'costs.png': draw_costs,
}
AT_WORK = (
    'another comparison is at work in {}. Wait for its end, stop it, or give '
    'another --out.'
)
OUTPUTS = ('table.md', 'runs.csv', *PLOTS)


def compare(
    suite: str,
    data: str | Path,
    out: str | Path,
    seeds: int = 3,
    only: Sequence[str] = (),
    minutes: float = math.inf,
    say: Callable[[str], None] = print,
    jobs: int = 1,
) -> list[Row]:
    """Train and test all experiments of a suite with several seeds.

    A finished run is not repeated, and a stopped run continues from its last
    checkpoint. Each run trains and tests ``config/run.py`` in its folder,
    which is the experiment's config with all changes. The tables and plots in
    ``out`` are written after every run.

    Args:
        suite (str): Name of a shipped suite, as ``'tiny'``, or path of a file
        data (str): Folder of the data in the layout that the suite
            describes, which is COCO's by default, or a Python file with
            ``data``, a dict with the arguments of :class:`DataSet`
        out (str): Folder of the runs, the tables and the plots
        seeds (int): Number of runs of each experiment. Defaults to 3
        only (Sequence[str]): Names of experiments; all if empty. Of others,
            the tables have the costs only where they have results
        minutes (float): Time limit. A run does not start if it would end
            later, assuming that it takes as long as the longest run of this
            call so far; the first ones always start. Defaults to no limit
        say (callable): Takes each line of progress. Defaults to ``print``
        jobs (int): Number of runs at the same time. Defaults to 1

    Returns:
        list[Row]: One row for each experiment, in the suite's order.

    Raises:
        FileNotFoundError: If the suite or a file of the data does not exist.
        NotADirectoryError: If ``out`` is a file.
        ValueError: If the suite or the data are wrong, a name in ``only`` is
            unknown, ``seeds`` or ``jobs`` is less than 1, ``minutes`` is NaN,
            a model cannot be built, or ``out`` holds runs of other configs.
            Nothing is trained then.
        RuntimeError: If a run fails; the message ends with the end of its
            output. Also if another comparison uses ``out``.
    """
    deadline = time.monotonic() + 60 * minutes
    only = tuple(only)  # it is read several times, and may be an iterator
    out, loaded = Path(out), load_suite(suite)
    rows = {e.name: Row(e) for e in loaded.experiments}
    _check_call(suite, list(rows), out, only, jobs, minutes)
    dataset = read_dataset(data, loaded.data)
    planned = plan_runs(loaded, dataset, out, seeds)
    # the seeds of an experiment read the same files
    firsts = [run for run in planned if run.seed == 0]
    dataset.check(run.config for run in firsts)
    metric = find_metric(firsts)
    for row in rows.values():
        if row.experiment.results:
            row.results.append(_evaluate(row.experiment, dataset, metric))
    # an earlier call may have run more seeds; the tables keep their results
    known = plan_runs(loaded, dataset, out, seeds, _find_seeds(out))
    with lock_folder(out, AT_WORK.format(out)):
        for run in known:
            row = rows[run.experiment.name]
            if (result := run.result()) is not None:
                row.results.append(result)
            # other models may need packages that are not installed
            if row.results or _is_asked_for(run, only):
                row.costs = row.costs or measure_costs(run)
        left = [
            run
            for run in planned
            if _is_asked_for(run, only) and run.result() is None
        ]
        for run in left:
            run.prepare()
        _write(list(rows.values()), out)
        if not left:
            say('all runs are done; to train one again, remove its folder')
        # closing kills what still runs if the tables cannot be written
        with contextlib.closing(do_runs(left, jobs, deadline, say)) as done:
            for run, result in done:
                _add(result, rows[run.experiment.name])
                _write(list(rows.values()), out)
    return list(rows.values())


def _is_asked_for(run: Run, only: Sequence[str]) -> bool:
    """Say whether a run is one of those that a call asks for."""
    return not only or run.experiment.name in only


def _add(result: dict, row: Row) -> None:
    """Add the result of a run to its row, in the order of the seeds."""
    row.results.append(result)
    row.results.sort(key=lambda result: result['seed'])


def _check_call(
    suite: str,
    names: list[str],
    out: Path,
    only: Sequence[str],
    jobs: int,
    minutes: float,
) -> None:
    """Refuse wrong arguments for a suite with experiments of these names."""
    if jobs < 1:
        raise ValueError(f'compare needs at least one job, got {jobs}.')
    # no time is later than NaN, so it would be no limit
    if math.isnan(minutes):
        raise ValueError(f'compare needs minutes, got {minutes}.')
    if unknown := set(only) - set(names):
        raise ValueError(
            f'suite {suite!r} has no experiment '
            f'{", ".join(map(repr, sorted(unknown)))}; it has '
            f'{", ".join(names)}.'
        )
    if out.exists() and not out.is_dir():
        raise NotADirectoryError(f'{out} is a file; the runs need a folder.')


def _find_seeds(out: Path) -> set[int]:
    """Return the seeds that have a result."""
    found = out.glob('runs/*/seed*/result.json')
    seeds = [path.parent.name.removeprefix('seed') for path in found]
    # a folder of the user, as `seed1_old`, is no run
    return {int(seed) for seed in seeds if seed.isdecimal()}


def _evaluate(
    experiment: Experiment, dataset: DataSet, metric: Mapping
) -> dict:
    """Return the result of an experiment that has a results file."""
    return dict(
        experiment=experiment.name,
        metrics=evaluate_results(Path(experiment.results), dataset, metric),
        boxes=experiment.source or experiment.results,
    )


def _write(rows: list[Row], out: Path) -> None:
    """Write the tables and the plots of all results so far."""
    table = f'{format_markdown(rows)}\n{format_legend(rows)}'
    (out / 'table.md').write_text(table)
    write_csv(rows, out / 'runs.csv')
    if any(row.results for row in rows):
        for name, draw in PLOTS.items():
            draw(rows, out / name)
