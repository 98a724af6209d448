"""Draws the results of a comparison."""

import statistics
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import matplotlib

from .table import FIGURES, Row

matplotlib.use('Agg')

import matplotlib.pyplot as plt
from matplotlib.text import Text
from matplotlib.ticker import FormatStrFormatter
from matplotlib.transforms import Bbox

# where a name may stand beside its point, the best place first
COLUMNS = (1, 'left'), (-1, 'right'), (0, 'center')
LINES = (1, 'bottom'), (-1, 'top'), (0, 'center')
PLACES = [
    ((5 * x, y), dict(ha=ha, va=va))
    for x, ha in COLUMNS[:2]
    for y, va in LINES[:2]
] + [
    ((away * x, away * y), dict(ha=ha, va=va))
    for away in (7, 16, 28, 40, 52)
    for x, ha in COLUMNS
    for y, va in LINES
    if x or y
]
# leads from a name that stands away from its point
LEADER = dict(arrowstyle='-', color='0.6', linewidth=0.6, shrinkA=0, shrinkB=0)
# without powers of ten
PLAIN = FormatStrFormatter('%g')
PANELS = ('AP', 'AP .5', 'AP .75', 'AR', 'PCK')


def draw_figures(rows: Sequence[Row], path: Path) -> None:
    """Draw every seed and the mean, one line per experiment.

    There is a panel for each of AP, AP50, AP75, AR and PCK that a row has.
    """
    shown = [row for row in reversed(rows) if row.results]
    panels = [m for m in PANELS if any(row.values(m) for row in shown)]
    panels = panels or ['AP']
    figure, axes = plt.subplots(
        ncols=len(panels),
        figsize=(2 + 3 * len(panels), 1.2 + 0.32 * len(shown)),
        layout='constrained',
        sharey=True,
        squeeze=False,
    )
    for axis, metric in zip(axes[0], panels, strict=True):
        for place, row in enumerate(shown):
            if values := row.values(metric):
                places = [place] * len(values)
                axis.plot(values, places, 'o', color='C0', alpha=0.6)
                mean = statistics.mean(values)
                axis.plot(mean, place, '|', color='C3', ms=16)
        axis.set_xlabel(FIGURES[metric])
        axis.grid(axis='x', alpha=0.3)
    axes[0][0].set_yticks(
        range(len(shown)), [row.experiment.name for row in shown]
    )
    axes[0][0].set_ylim(-0.6, len(shown) - 0.4)
    figure.suptitle('every seed (dots) and the mean (bar)', size='medium')
    _save(figure, path)


def draw_curves(rows: Sequence[Row], path: Path) -> None:
    """Draw the AP at each validation of the runs that have more than one.

    A bold line is the mean over the seeds, thin ones are the seeds.
    """
    figure, axis = plt.subplots(figsize=(9, 5), layout='constrained')
    for number, row in enumerate(rows):
        style = dict(
            color=f'C{number % 10}', ls=('-', '--', ':')[number // 10 % 3]
        )
        curves = [
            {e: 100 * ap for e, ap in result.get('curve', ()) if ap >= 0}
            for result in row.results
        ]
        curves = [curve for curve in curves if len(curve) > 1]
        for curve in curves if len(curves) > 1 else ():
            values = list(curve.values())
            axis.plot(list(curve), values, lw=0.6, alpha=0.5, **style)
        mean = {
            epoch: statistics.mean(c[epoch] for c in curves if epoch in c)
            for epoch in sorted(set().union(*curves))
        }
        if mean:
            label, values = row.experiment.name, list(mean.values())
            axis.plot(list(mean), values, '.', label=label, **style)
    axis.set(xlabel='epoch', ylabel='AP at the validations')
    axis.grid(alpha=0.3)
    if axis.lines:
        figure.legend(loc='outside right upper', fontsize='small')
    else:
        text = 'no run has more than one validation'
        axis.text(0.5, 0.5, text, ha='center', transform=axis.transAxes)
    _save(figure, path)


def draw_costs(rows: Sequence[Row], path: Path) -> None:
    """Draw the mean AP over GFLOPs and over milliseconds.

    A line joins the rows that no other row beats, the Pareto front.
    """
    figure, axes = plt.subplots(
        ncols=2, figsize=(12, 5), layout='constrained', sharey=True
    )
    shown = [row for row in rows if row.costs and row.values('AP')]
    labels = {'gflops': 'GFLOPs', 'milliseconds': 'ms of one person'}
    points = {
        cost: {
            row.experiment.name: (
                getattr(row.costs, cost),
                statistics.mean(row.values('AP')),
            )
            for row in shown
        }
        for cost in labels
    }
    for axis, (cost, label) in zip(axes, labels.items(), strict=True):
        for x, y in points[cost].values():
            axis.plot(x, y, 'o', color='C0')
        if front := find_front(points[cost].values()):
            costs, values = zip(*front, strict=True)
            axis.plot(costs, values, color='C3', alpha=0.5, zorder=0)
        axis.set_xlabel(label)
        # one costly network would press the others together
        axis.set_xscale('log')
        axis.xaxis.set_major_formatter(PLAIN)
        axis.xaxis.set_minor_formatter(PLAIN)
        axis.grid(alpha=0.3)
        axis.margins(x=0.2, y=0.1)
    axes[0].set_ylabel('AP, mean over the seeds')
    figure.canvas.draw()  # the axes get their sizes
    for axis, cost in zip(axes, labels, strict=True):
        write_names(axis, points[cost])
    _save(figure, path)


def write_names(
    axis: plt.Axes, points: Mapping[str, tuple[float, float]]
) -> None:
    """Write each name where there is room, with a line to its point.

    Args:
        axis (plt.Axes): Has the points, and its size
        points (Mapping[str, tuple]): (x, y) of each name
    """
    taken = [
        Bbox.from_extents(x - 3, y - 3, x + 3, y + 3)
        for x, y in map(axis.transData.transform, points.values())
    ]
    renderer = axis.figure.canvas.get_renderer()
    for name, point in sorted(points.items(), key=lambda item: item[1]):
        text = axis.annotate(
            name,
            point,
            (0, 0),
            textcoords='offset points',
            size='small',
            arrowprops=LEADER,
            zorder=1.5,  # the line ends below the point
        )
        for offset, sides in PLACES:
            text.set(position=offset, **sides)
            text.update_positions(renderer)
            box = Text.get_window_extent(text)  # without the line
            inside = axis.bbox.contains(*box.min) and axis.bbox.contains(
                *box.max
            )
            if inside and not box.count_overlaps(taken):
                break
        taken.append(box)


def find_front(points: Iterable[tuple[float, float]]) -> list[tuple]:
    """Return the points (cost, AP) that no other point beats, by cost.

    A point beats another one if it costs less or as much, and its AP is
    higher.
    """
    front = []
    for cost, ap in sorted(points, key=lambda point: (point[0], -point[1])):
        if not front or ap > front[-1][1]:
            front.append((cost, ap))
    return front


def _save(figure: plt.Figure, path: Path) -> None:
    """Write a figure, and free its memory."""
    figure.savefig(path, dpi=110)
    plt.close(figure)
