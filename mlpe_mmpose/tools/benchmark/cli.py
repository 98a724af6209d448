"""The command line of ``benchmark``."""

import argparse
import sys

HELP = 'measure the speed of each part beside its peer'


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the verb."""
    parser.add_argument(
        'names',
        nargs='*',
        metavar='NAME',
        help='benchmarks to run, as `loss`; all of them by default',
    )
    parser.add_argument(
        '--quick', action='store_true', help='small sizes, few repetitions'
    )
    parser.add_argument(
        '--device',
        choices=['cpu', 'cuda'],
        action='append',
        default=[],
        help='where; by default the CPU, and the GPU if there is one',
    )
    parser.add_argument('--out', metavar='FILE.md', help='write the table too')


def run(args: argparse.Namespace) -> int:
    """Run the benchmarks; print progress to stderr, the table to stdout."""
    from mlpe_mmpose.shipped import find_shipped

    # the benchmarks are a package of the checkout, which no install puts on
    # sys.path
    sys.path.insert(0, str(find_shipped('benchmarks').resolve()))
    from mlpe_benchmarks.run_all import run_all

    failed = run_all(args.names, args.device, args.quick, args.out)
    if failed:
        print(f'benchmark: failed: {", ".join(failed)}', file=sys.stderr)
    return 1 if failed else 0
