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
    add = parser.add_argument
    text = ', '.join(suite_names()) + ', or a file with a list of experiments'
    add('suite', metavar='SUITE', help=text)
    add(
        '--data',
        required=True,
        metavar='ROOT',
        help="folder of the data, in COCO's layout or that of the suite, or a "
        'Python file that describes the data',
    )
    add(
        '--out',
        required=True,
        metavar='DIR',
        help='folder of the runs, the tables and the plots; the same folder '
        'again continues what was stopped',
    )
    text = 'runs of each experiment (default: %(default)s)'
    add('--seeds', type=int, default=3, metavar='N', help=text)
    text = 'begin no run that would end later, if it took as long as the '
    text += 'longest of this call; the first always begins (default: no limit)'
    add('--minutes', type=float, default=math.inf, metavar='N', help=text)
    text = 'runs at the same time (default: %(default)s); with more than one, '
    text += 'set OMP_NUM_THREADS=1'
    add('--jobs', type=int, default=1, metavar='N', help=text)
    text = 'run only these experiments of the suite'
    add('--only', nargs='+', default=[], metavar='NAME', help=text)


def run(args: argparse.Namespace) -> None:
    """Run what is left of the suite, and print where the tables are."""
    from mlpe_mmpose.apis import compare

    from ..mim_runs import stopped_by_signals
    from .comparison import OUTPUTS

    say = functools.partial(print, flush=True)
    with stopped_by_signals():
        compare(**vars(args), say=say)
    for name in OUTPUTS:
        path = Path(args.out, name)
        if path.exists():
            say(str(path))
