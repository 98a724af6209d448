"""The command line of ``convert``."""

import argparse
import functools

HELP = "convert a checkpoint of the authors' release or of pytorch-cpn"


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


def run(args: argparse.Namespace) -> None:
    """Convert, and say how to use the result."""
    from mlpe_mmpose.apis import convert_checkpoint

    say = functools.partial(print, flush=True)
    convert_checkpoint(
        args.checkpoint,
        args.out,
        args.source,
        args.input_size,
        args.force,
        say,
    )
