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
        help='device to measure on (default: the CPU, and a GPU if any)',
    )
    parser.add_argument(
        '--out',
        metavar='FILE.md',
        help='file to which the table is written too',
    )


def run(args: argparse.Namespace) -> int:
    """Run the benchmarks; print progress to stderr, the table to stdout."""
    from mlpe_mmpose.shipped import find_shipped

    # the checkout has the package of the benchmarks; it is not installed
    sys.path.insert(0, str(find_shipped('benchmarks').resolve()))
    from mlpe_benchmarks.run_all import run_all

    failed = run_all(args.names, args.device, args.quick, args.out)
    if failed:
        print(f'benchmark: failed: {", ".join(failed)}', file=sys.stderr)
    return 1 if failed else 0
