"""The command line of ``compare``."""

import argparse
import functools
import math
from pathlib import Path

from . import suite_names

HELP = 'train and test the configs of a suite under equal conditions'
WHEN_STOPPED = 'stopped; the same command continues from here'


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the verb."""
    parser.add_argument(
        'suite',
        metavar='SUITE',
        help=f'{", ".join(suite_names())}, or a file with a list of '
        'experiments',
    )
    parser.add_argument(
        '--data',
        required=True,
        metavar='ROOT',
        help="folder of the data, in COCO's layout or that of the suite, or a "
        'Python file that describes the data',
    )
    parser.add_argument(
        '--out',
        required=True,
        metavar='DIR',
        help='folder of the runs, the tables and the plots; the same folder '
        'again continues what was stopped',
    )
    parser.add_argument(
        '--seeds',
        type=int,
        default=3,
        metavar='N',
        help='runs of each experiment (default: %(default)s)',
    )
    parser.add_argument(
        '--minutes',
        type=float,
        default=math.inf,
        metavar='N',
        help='begin no run that would end later (default: no limit)',
    )
    parser.add_argument(
        '--only',
        nargs='+',
        default=[],
        metavar='NAME',
        help='run only these experiments of the suite',
    )


def run(args: argparse.Namespace) -> None:
    """Run what is left of the suite, and print where the tables are."""
    from mlpe_mmpose.apis import compare

    from .comparison import OUTPUTS

    say = functools.partial(print, flush=True)
    compare(
        args.suite,
        args.data,
        args.out,
        args.seeds,
        args.only,
        args.minutes,
        say,
    )
    for name in OUTPUTS:
        path = Path(args.out, name)
        if path.exists():
            say(str(path))
