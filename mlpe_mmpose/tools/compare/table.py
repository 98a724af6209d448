"""Writes the results of a comparison as Markdown and CSV."""

import csv
import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from scipy.stats import ttest_ind

from ..training_progress import METRICS
from .costs import Costs
from .suite import Experiment

FIGURES = {**METRICS, 'PCK': 'PCK@0.1'}
GPU_MEMORY = 'GPU MiB'
# our choice: the usual level of significance
SIGNIFICANT = 0.05
LEGEND = f"""\
AP, AR and PCK are in percent, mean ± standard deviation over the seeds.
PCK@0.1 is the share of keypoints within a tenth of the longer side of the box.
The difference is that of the mean APs to the row under "against". It is clear
if Welch's t-test gives p < {SIGNIFICANT}; with few seeds, a large one need not
be. "paper" has published figures of the setting in brackets. Parameters,
GFLOPs (2 for a multiply-add) and ms are of one person in float32 without flip
test; a system that sees whole images has none, and no PCK. MiB is the peak
memory of a training's process since its last stop, GPU MiB that of the GPU.
"boxes" are the boxes of the test, or the origin of a results file.
"""


@dataclass
class Row:
    """An experiment and the results of its finished runs.

    Args:
        experiment (Experiment): The experiment
        results (list[dict]): One result for each finished seed
        costs (Costs, optional): The costs of the model, if measured
    """

    experiment: Experiment
    results: list[dict] = field(default_factory=list)
    costs: Costs | None = None

    def values(self, metric: str) -> list[float]:
        """Return a metric of every seed that has it, in percent."""
        # COCO's figures are -1 where there is nobody of a size
        found = [result['metrics'].get(metric, -1) for result in self.results]
        return [100 * value for value in found if value >= 0]

    def difference(self, other: 'Row') -> tuple[float, float] | None:
        """Return the difference of the mean APs, and Welch's p-value.

        It is ``None`` if either row has fewer than two seeds.
        """
        own, others = self.values('AP'), other.values('AP')
        if min(len(own), len(others)) < 2:
            return None
        difference = statistics.mean(own) - statistics.mean(others)
        p = ttest_ind(own, others, equal_var=False).pvalue
        return difference, 1.0 if math.isnan(p) else float(p)


def format_legend(rows: Sequence[Row]) -> str:
    """Return what the columns mean, and where the times were measured."""
    machines = sorted({row.costs.machine for row in rows if row.costs})
    times = [f'ms are of the last call, on: {name}.\n' for name in machines]
    return LEGEND + ''.join(times)


def format_markdown(rows: Sequence[Row]) -> str:
    """Return the table as Markdown; cells without a figure are empty."""
    by_name = {row.experiment.name: row for row in rows}
    table = [_cells(row, by_name) for row in rows]
    if not any(cells[GPU_MEMORY] for cells in table):
        for cells in table:
            del cells[GPU_MEMORY]
    lines = [table[0], ['---'] * len(table[0]), *(t.values() for t in table)]
    return ''.join(
        '| ' + ' | '.join(cell.replace('|', '\\|') for cell in line) + ' |\n'
        for line in lines
    )


def _cells(row: Row, by_name: Mapping[str, Row]) -> dict[str, str]:
    """Return the cells of a row by column."""
    experiment, costs = row.experiment, row.costs
    paper = ', '.join(f'{k} {v}' for k, v in experiment.paper.items())
    return {
        'experiment': experiment.name,
        **{n: _spread(row.values(metric)) for metric, n in FIGURES.items()},
        'against': experiment.against or '',
        'difference': _difference(row, by_name.get(experiment.against)),
        'paper': f'{paper} ({experiment.source})' if paper else '',
        'seeds': str(sum('seed' in r for r in row.results) or ''),
        'params (M)': f'{costs.parameters:.2f}' if costs else '',
        'GFLOPs': f'{costs.gflops:.2f}' if costs else '',
        'ms': f'{costs.milliseconds:.1f}' if costs else '',
        'MiB': _largest(row.results, 'peak_memory_mib'),
        GPU_MEMORY: _largest(row.results, 'peak_gpu_memory_mib'),
        'boxes': ', '.join(sorted({r['boxes'] for r in row.results})),
    }


def _largest(results: Sequence[dict], name: str) -> str:
    """Return the largest value of the results that have one."""
    found = [r[name] for r in results if r.get(name) is not None]
    return f'{max(found):.0f}' if found else ''


def _spread(values: list[float]) -> str:
    """Return the mean and the standard deviation over the seeds."""
    if not values:
        return ''
    mean = f'{statistics.mean(values):.1f}'
    if len(values) == 1:
        return mean
    return f'{mean} ± {statistics.stdev(values):.1f}'


def _difference(row: Row, other: Row | None) -> str:
    """Return the difference to another row, and whether it is clear."""
    found = other and row.difference(other)
    if not found:
        return ''
    difference, p = found
    verdict = 'clear' if p < SIGNIFICANT else 'not clear'
    return f'{difference:+.1f}, {verdict} (p {p:.2g})'


def write_csv(rows: Sequence[Row], path: Path) -> None:
    """Write one line for each run, with its command."""
    names = ['boxes', 'train_seconds', 'peak_memory_mib']
    names += ['peak_gpu_memory_mib', 'machine', 'command']
    with path.open('w', newline='') as file:
        writer = csv.DictWriter(
            file,
            ['experiment', 'seed', *FIGURES.values(), *names],
            extrasaction='ignore',
        )
        writer.writeheader()
        pairs = [(row, result) for row in rows for result in row.results]
        for row, result in pairs:
            figures = {
                name: result['metrics'].get(metric)
                for metric, name in FIGURES.items()
            }
            seconds = result.get('train_seconds')
            figures['train_seconds'] = seconds and round(seconds)
            # a result of before the row was renamed has the old name
            figures['experiment'] = row.experiment.name
            writer.writerow({**result, **figures})
