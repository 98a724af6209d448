"""Convert a published checkpoint for our configs."""

import argparse
import functools
import sys


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the verb."""
    parser.add_argument('checkpoint', metavar='IN', help='the checkpoint')
    parser.add_argument(
        'out',
        metavar='OUT.pth',
        help='the file of weights to write; its config, OUT.py, lies beside',
    )
    parser.add_argument(
        '--source',
        required=True,
        choices=('mlpe', 'cpn'),
        help="whose it is: of MLPE's authors, or of pytorch-cpn",
    )
    parser.add_argument(
        '--input-size',
        required=True,
        choices=('256x192', '384x288'),
        help='height x width of the crops that the checkpoint was trained '
        'with. The weights do not tell: with the other one they predict, '
        'too, but worse',
    )
    parser.add_argument(
        '--force', action='store_true', help='replace files that exist'
    )


def run(args: argparse.Namespace) -> int:
    """Convert, and say how to use the result."""
    import mlpe_mmpose.registration  # noqa: F401
    from mlpe_mmpose.apis.convert import convert_checkpoint

    say = functools.partial(print, flush=True)
    try:
        convert_checkpoint(
            args.checkpoint,
            args.out,
            args.source,
            args.input_size,
            args.force,
            say,
        )
    except OSError as error:
        print(f'convert: {error}', file=sys.stderr)
        return 1
    except ValueError as error:
        print(f'convert: {error}', file=sys.stderr)
        return 2
    return 0
