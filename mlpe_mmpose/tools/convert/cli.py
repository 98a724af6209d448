"""The command line of ``convert``."""

import argparse
import functools

HELP = "convert a checkpoint of the authors' release or of pytorch-cpn"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the verb."""
    add = parser.add_argument
    add('in_file', metavar='IN', help='the checkpoint')
    text = 'the file of weights to write; OUT.py becomes their config'
    add('out_file', metavar='OUT.pth', help=text)
    text = "the checkpoint is from MLPE's authors, or from pytorch-cpn"
    add('--source', required=True, choices=('mlpe', 'cpn'), help=text)
    add(
        '--input-size',
        required=True,
        choices=('256x192', '384x288'),
        help='height x width of the crops in training; it cannot be read '
        'from the weights, which predict worse with the other one',
    )
    add('--force', action='store_true', help='replace files that exist')


def run(args: argparse.Namespace) -> None:
    """Convert a checkpoint and print how to use the result."""
    from mlpe_mmpose.apis import convert_checkpoint

    say = functools.partial(print, flush=True)
    convert_checkpoint(**vars(args), say=say)
