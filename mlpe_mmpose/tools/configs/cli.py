"""The command line of ``configs``."""

import argparse
from typing import TYPE_CHECKING

from mlpe_mmpose.shipped import find_shipped

if TYPE_CHECKING:
    from .shipped_configs import ShippedConfig

HELP = 'list the shipped configs, or copy one'

LINE = '{:<48} {:>7}  {:<15} {:>8} {:>7}  {}'
EXPLANATION = """
These are in {folder}
AP is on COCO val2017, as published; nothing is measured here. GFLOPs are of
one person, and a multiply-add counts as two.

train one:    mim train mlpe_mmpose mlpe_resnest50_256x192
copy one:     python -m mlpe_mmpose configs mlpe_resnest50_256x192 --copy .
inherit one:  _base_ = 'mlpe_mmpose::mlpe_resnest50_256x192.py'"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the verb."""
    parser.add_argument(
        'name',
        nargs='?',
        metavar='NAME',
        help='print the path of this config only',
    )
    parser.add_argument(
        '--copy',
        metavar='DIR',
        help='write NAME with all that it inherits into this folder',
    )


def run(args: argparse.Namespace) -> None:
    """Print the table, or the path of a config or of its copy."""
    from .shipped_configs import copy_config, find_config, list_configs

    if args.copy and not args.name:
        raise ValueError('--copy needs the NAME of a config.')
    if args.copy:
        path = copy_config(args.name, args.copy)
        print(f'{path}\ntrain it with: mim train mlpe_mmpose {path}')
    elif args.name:
        print(find_config(args.name))
    else:
        _print_table(list_configs())


def _print_table(configs: 'list[ShippedConfig]') -> None:
    """Print one line for each config, under its folder's name."""
    columns = ('input', 'backbone', 'params M', 'GFLOPs', 'AP reported')
    print(LINE.format('', *columns))
    folder = '.'
    for config in configs:
        if config.folder != folder:
            folder = config.folder
            print(f'\n{folder}/')
        ap = config.reported_ap
        cells = (
            config.path.name,
            config.input_size,
            config.backbone,
            f'{config.parameters / 1e6:.1f}',
            f'{config.flops / 1e9:.1f}',
            f'{100 * ap:.1f} ({config.reported_by})' if ap else '',
        )
        print(LINE.format(*cells).rstrip())
    print(EXPLANATION.format(folder=find_shipped('configs').resolve()))
