"""The command line of ``benchmark``."""

import argparse
import sys

HELP = 'measure the speed of each part beside its peer'


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the verb."""
    add = parser.add_argument
    text = 'benchmarks to run, as `loss`; all of them by default'
    add('names', nargs='*', metavar='NAME', help=text)
    text = 'small sizes, few repetitions'
    add('--quick', action='store_true', help=text)
    text = 'device to measure on (default: the CPU, and a GPU if any)'
    devices = {'choices': ['cpu', 'cuda'], 'default': []}
    add('--device', action='append', help=text, **devices)
    text = 'file to which the table is written too'
    add('--out', metavar='FILE.md', help=text)


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
