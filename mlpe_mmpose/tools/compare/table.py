"""Writes the results of a comparison as Markdown, CSV and a plot."""

import csv
import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import matplotlib
from scipy.stats import ttest_ind

from ..mim_runs import METRICS
from .costs import Costs
from .suite import Experiment

matplotlib.use('Agg')

import matplotlib.pyplot as plt

# our choice: the usual level of significance
SIGNIFICANT = 0.05
LEGEND = f"""\
AP and AR are in percent, mean ± standard deviation over the seeds. The
difference is that of the mean APs to the row under "against"; it is clear if
Welch's t-test gives p < {SIGNIFICANT}. "paper" has published figures, of the
setting in brackets. Parameters, GFLOPs (2 for a multiply-add) and ms are of
one person in float32 without flip test; MiB are the most memory of a training.
"boxes" are those that the test used.
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
        """Return a metric of every seed in percent, without COCO's -1."""
        found = [result['metrics'][metric] for result in self.results]
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


def format_markdown(rows: Sequence[Row]) -> str:
    """Return the table as Markdown; cells without a figure are empty."""
    names = list(METRICS.values())
    head = ['experiment', *names, 'against', 'difference', 'paper', 'seeds']
    head += ['params (M)', 'GFLOPs', 'ms', 'MiB', 'boxes']
    lines = [head, ['---'] * len(head)]
    by_name = {row.experiment.name: row for row in rows}
    for row in rows:
        other = by_name.get(row.experiment.against)
        lines.append(
            [
                row.experiment.name,
                *(_spread(row.values(metric)) for metric in METRICS),
                row.experiment.against or '',
                _difference(row, other),
                _paper(row.experiment),
                str(len(row.results) or ''),
                *_costs(row),
                ', '.join(sorted({r['boxes'] for r in row.results})),
            ]
        )
    return ''.join('| ' + ' | '.join(line) + ' |\n' for line in lines)


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
    verdict = 'clear' if p < SIGNIFICANT else 'within the spread'
    return f'{difference:+.1f}, {verdict} (p {p:.2g})'


def _paper(experiment: Experiment) -> str:
    """Return the published figures and their source."""
    figures = ', '.join(f'{k} {v}' for k, v in experiment.paper.items())
    return f'{figures} ({experiment.source})' if figures else ''


def _costs(row: Row) -> list[str]:
    """Return parameters, GFLOPs, time and memory, empty if unknown."""
    memory = [r['peak_memory_mib'] for r in row.results]
    memory = [m for m in memory if m is not None]
    peak = f'{max(memory):.0f}' if memory else ''
    if row.costs is None:
        return ['', '', '', peak]
    costs = row.costs
    return [
        f'{costs.parameters:.2f}',
        f'{costs.gflops:.2f}',
        f'{costs.milliseconds:.1f}',
        peak,
    ]


def write_csv(rows: Sequence[Row], path: Path) -> None:
    """Write one line for each run, with its command."""
    with path.open('w', newline='') as file:
        writer = csv.writer(file)
        writer.writerow(
            ['experiment', 'seed', *METRICS.values(), 'boxes', 'train_seconds']
            + ['peak_memory_mib', 'machine', 'command']
        )
        for row in rows:
            for result in row.results:
                writer.writerow(
                    [result['experiment'], result['seed']]
                    + [result['metrics'][metric] for metric in METRICS]
                    + [result['boxes'], f'{result["train_seconds"]:.0f}']
                    + [result['peak_memory_mib'], result['machine']]
                    + [result['command']]
                )


def draw(rows: Sequence[Row], path: Path) -> None:
    """Draw the AP of every seed and the mean, one line per experiment."""
    shown = [row for row in rows if row.results]
    figure, axis = plt.subplots(
        figsize=(8, 1.2 + 0.32 * len(shown)), layout='constrained'
    )
    for place, row in enumerate(reversed(shown)):
        values = row.values('AP')
        axis.plot(values, [place] * len(values), 'o', color='C0', alpha=0.6)
        if values:
            axis.plot(statistics.mean(values), place, '|', color='C3', ms=16)
    names = [row.experiment.name for row in reversed(shown)]
    axis.set_yticks(range(len(shown)), names)
    axis.set_ylim(-0.6, len(shown) - 0.4)
    axis.set_xlabel('AP: every seed (dots) and the mean (bar)')
    axis.grid(axis='x', alpha=0.3)
    figure.savefig(path, dpi=110)
    plt.close(figure)
