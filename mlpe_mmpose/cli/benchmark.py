"""Run the benchmarks, each beside its peer, and print one table."""

import argparse
import sys


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
    """Run them; progress goes to the error stream, the table out."""
    import mlpe_mmpose.registration  # noqa: F401
    from mlpe_mmpose.shipped import find_shipped

    # they are scripts beside the package, which import one another
    sys.path.insert(0, str(find_shipped('benchmarks')))
    from run_all import run_all

    try:
        failed = run_all(args.names, args.device, args.quick, args.out)
    except (ValueError, OSError) as error:
        print(f'benchmark: {error}', file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print('\nbenchmark: stopped', file=sys.stderr)
        return 130
    if failed:
        print(f'benchmark: failed: {", ".join(failed)}', file=sys.stderr)
    return 1 if failed else 0
