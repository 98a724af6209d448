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
        help='the file of weights to write; OUT.py becomes their config',
    )
    parser.add_argument(
        '--source',
        required=True,
        choices=('mlpe', 'cpn'),
        help="the checkpoint is from MLPE's authors, or from pytorch-cpn",
    )
    parser.add_argument(
        '--input-size',
        required=True,
        choices=('256x192', '384x288'),
        help='height x width of the crops in training; it cannot be read '
        'from the weights, which predict worse with the other one',
    )
    parser.add_argument(
        '--force', action='store_true', help='replace files that exist'
    )


def run(args: argparse.Namespace) -> None:
    """Convert a checkpoint and print how to use the result."""
    from mlpe_mmpose.apis import convert_checkpoint

    convert_checkpoint(
        args.checkpoint,
        args.out,
        args.source,
        args.input_size,
        force=args.force,
        say=functools.partial(print, flush=True),
    )
