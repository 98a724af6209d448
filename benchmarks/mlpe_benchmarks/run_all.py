"""Run benchmarks, and write one table for each device."""

import importlib
import sys
import time
import traceback
from collections.abc import Iterable, Sequence
from pathlib import Path

import torch

# `python -m mlpe_mmpose` leaves the registration to the verbs that need it
from mlpe_mmpose import registration  # noqa: F401
from mlpe_mmpose.optional import MissingPackageError
from mlpe_mmpose.tools.machine import describe_machine
from mlpe_mmpose.tools.output_file import check_output

from .harness import (
    MissingInputError,
    Options,
    Row,
    format_number,
    format_table,
)

# in the order of the table: training, evaluation, inference
NAMES = (
    'loss',
    'targets',
    'step',
    'training_modes',
    'pipeline',
    'evaluation',
    'fuse',
    'predictor',
    'video',
    'ray',
    'runtime',
    'deployment',
)
# these take minutes even at small sizes; a quick run leaves them out
SLOW = ('training_modes', 'ray', 'deployment')


def run_all(
    names: Sequence[str],
    devices: Sequence[str],
    quick: bool,
    out: str | None,
) -> list[str]:
    """Run benchmarks, print their table, and write it where asked.

    The progress goes to stderr. A benchmark that fails does not stop the
    others. Without any row there is no table, and no file.

    Args:
        names (Sequence[str]): Benchmarks of ``NAMES``; if empty all, or
            in a quick run all but ``SLOW``
        devices (Sequence[str]): ``'cpu'`` or ``'cuda'``; if empty, all that
            exist
        quick (bool): Small sizes and few repetitions
        out (str, optional): Markdown file for the table

    Returns:
        list[str]: The names of those that failed.

    Raises:
        FileNotFoundError: If ``out`` is a folder.
        ValueError: If a name is unknown, or there is no such device.
    """
    unknown = set(names) - set(NAMES)
    if unknown:
        raise ValueError(
            f'no benchmark is called {", ".join(sorted(unknown))}; there are '
            f'{", ".join(NAMES)}.'
        )
    gpu = ['cuda'] if torch.cuda.is_available() else []
    if 'cuda' in devices and not gpu:
        raise ValueError('--device cuda: torch finds no GPU here.')
    if out is not None:
        Path(out).parent.mkdir(parents=True, exist_ok=True)
        check_output(Path(out))

    if not names:
        names = [n for n in NAMES if not (quick and n in SLOW)]
    parts, failed = [], []
    for device in devices or ['cpu', *gpu]:
        rows, broken = _run(names, Options(quick, device))
        failed += broken
        if not rows:
            continue
        parts.append(f'{describe_machine(device)}\n\n{format_table(rows)}\n')
        # written after each device, so that a stop loses little
        if out is not None:
            Path(out).write_text('\n'.join(parts))
    if parts:
        print('\n'.join(parts))
    return failed


def _run(
    names: Iterable[str], options: Options
) -> tuple[list[Row], list[str]]:
    """Run benchmarks; return their rows, and the names of failed ones."""
    rows, failed = [], []
    for name in names:
        start = time.perf_counter()
        _say(f'== {name} ({options.device})')
        count = len(rows)
        try:
            torch.manual_seed(0)
            for row in importlib.import_module(
                f'.{name}', __package__
            ).measure(options):
                rows.append(row)
                _say(_format_progress(row))
            if len(rows) == count:
                _say(f'   {name} measures nothing on {options.device}')
        except (MissingInputError, MissingPackageError) as error:
            failed.append(name)
            _say(f'   {error}')
        except Exception:
            failed.append(name)
            _say(f'{traceback.format_exc()}{name} failed; the others go on')
        _say(f'   {time.perf_counter() - start:.0f} s')
    return rows, failed


def _format_progress(row: Row) -> str:
    """Format a row as one line of progress."""
    target = '' if row.target is None else f', target {row.target:g}'
    return f'   {row.what}: {format_number(row.ratio)} times{target}'


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
