"""Measure how time and memory grow, and draw four plots.

    PYTHONPATH=benchmarks python -m mlpe_benchmarks.scaling [CURVE ...]

This command writes ``plots/CURVE.png`` and ``plots/CURVE.json``.
``docs/speed.md`` says what the curves show.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

import matplotlib

from mlpe_mmpose.tools.machine import describe_machine

matplotlib.use('Agg')

import matplotlib.pyplot as plt

PLOTS = Path(__file__).parents[1] / 'plots'
# curve -> its sizes, its title and the name of its size
CURVES = {
    'batch_size': (
        (1, 2, 4, 8, 16, 32, 64, 128),
        'A training step of the tiny model, 128x96',
        'persons in a batch',
    ),
    'people': (
        (1, 2, 4, 8, 16, 32, 64),
        'One 640x480 image through the predictor, tiny model',
        'persons in the image',
    ),
    'dataset_size': (
        (1000, 3000, 10_000, 30_000, 100_000),
        'Start of the loader: annotations, index, two processes',
        'persons in the data set',
    ),
    'detections': (
        (1000, 3000, 10_000, 30_000, 100_000),
        'An evaluation with FastCocoMetric, 20 detections an image',
        'detections',
    ),
}
# key of a point -> label; the time and the memory have one axis each
TIMES = {'seconds': 'seconds', 'built': 'seconds for the data set alone'}
MEMORY = {
    'mib': 'memory',
    'worker_mib': 'private memory of one loader process',
}


def main() -> None:
    """Measure and draw the curves that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('curves', nargs='*', metavar='CURVE')
    curves = parser.parse_args().curves or list(CURVES)
    unknown = set(curves) - set(CURVES)
    if unknown:
        parser.error(f'no curve {sorted(unknown)}; there are {list(CURVES)}')
    for name in curves:
        points = []
        for size in CURVES[name][0]:
            points.append(_measure_point(name, size))
            print(f'{name}: {points[-1]}', flush=True)
        _write(name, points)
        _draw(name, points)


def _measure_point(name: str, size: int) -> dict:
    """Measure one size in a process of its own, with its own memory."""
    done = subprocess.run(
        [
            sys.executable,
            '-m',
            f'{__package__}.scaling_points',
            name,
            str(size),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f'{name} at {size} failed:\n{done.stderr[-3000:]}')
    return json.loads(done.stdout.splitlines()[-1])


def _write(name: str, points: list[dict]) -> None:
    """Write the figures to a file beside their plot."""
    PLOTS.mkdir(exist_ok=True)
    content = dict(machine=describe_machine('cpu'), points=points)
    path = PLOTS / f'{name}.json'
    path.write_text(json.dumps(content, indent=1) + '\n')


def _draw(name: str, points: list[dict]) -> None:
    """Draw time and memory over the size, on logarithmic axes."""
    _, title, label = CURVES[name]
    figure, axes = plt.subplots(1, 2, figsize=(9, 3.6), layout='constrained')
    sizes = [point['size'] for point in points]
    for axis, labels, unit in zip(
        axes, (TIMES, MEMORY), ('seconds', 'MiB'), strict=True
    ):
        for key, text in labels.items():
            if key in points[0]:
                values = [point[key] for point in points]
                axis.plot(sizes, values, marker='o', label=text)
                if key in ('seconds', 'mib'):
                    # a line through the last point shows linear growth
                    last = values[-1] / sizes[-1]
                    line = [last * size for size in sizes]
                    axis.plot(sizes, line, ':', color='gray', label='linear')
        axis.set(xscale='log', yscale='log', xlabel=label, ylabel=unit)
        axis.grid(alpha=0.3)
        axis.legend()
    figure.suptitle(title)
    figure.savefig(PLOTS / f'{name}.png', dpi=110)
    plt.close(figure)


if __name__ == '__main__':
    main()
