"""The command line of ``convert``."""

import argparse
import functools

HELP = "convert a checkpoint of the authors' release or of pytorch-cpn"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the verb."""
    parser.add_argument('checkpoint', metavar='IN', help='the checkpoint')
    parser.add_argument('out', metavar='OUT', help='the file to write')
    parser.add_argument(
        '--source',
        required=True,
        choices=('mlpe', 'cpn'),
        help="whose it is: of MLPE's authors, or of pytorch-cpn",
    )


def run(args: argparse.Namespace) -> None:
    """Convert, and say how to use the result."""
    from mlpe_mmpose.apis import convert_checkpoint

    say = functools.partial(print, flush=True)
    convert_checkpoint(args.checkpoint, args.out, args.source, say)
