"""The command line of ``configs``."""

import argparse
import shlex

from mlpe_mmpose.shipped import find_config, find_shipped

HELP = 'list the shipped configs, or copy one'

LINE = '{:<48} {:>7}  {:<15} {:>8} {:>7}  {}'
EXPLANATION = """
These are in {folder}
AP is on COCO val2017, as published; nothing is measured here. GFLOPs are of
one person, or of one image in bottomup/, and a multiply-add counts as two.

train one:    mim train mlpe_mmpose mlpe_resnest50_256x192
copy one:     python -m mlpe_mmpose configs mlpe_resnest50_256x192 --copy .
inherit one:  _base_ = 'mlpe_mmpose::mlpe_resnest50_256x192.py'
              in a config for `mim train mlpe_mmpose`"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the verb."""
    text = 'print the path of this config only'
    parser.add_argument('name', nargs='?', metavar='NAME', help=text)
    text = 'write NAME with all that it inherits into this folder'
    parser.add_argument('--copy', metavar='DIR', help=text)


def run(args: argparse.Namespace) -> None:
    """Print the table, or the path of a config or of its copy."""
    from .shipped_configs import copy_config, list_configs

    if args.copy and not args.name:
        raise ValueError('--copy needs the NAME of a config.')
    if args.copy:
        path = copy_config(args.name, args.copy)
        command = shlex.join(['mim', 'train', 'mlpe_mmpose', str(path)])
        print(f'{path}\ntrain it with: {command}')
    elif args.name:
        print(find_config(args.name))
    else:
        _print_table(list_configs())


def _print_table(configs: list[dict]) -> None:
    """Print one line for each config, under its folder's name."""
    columns = ('input', 'backbone', 'params M', 'GFLOPs', 'AP reported')
    print(LINE.format('', *columns))
    root = folder = find_shipped('configs').resolve()
    for config in configs:
        path, data = config['Config'], config['Metadata']
        if path.parent != folder:
            folder = path.parent
            print(f'\n{folder.relative_to(root)}/')
        reported = ''
        if 'Results' in config:
            # the first figure of an entry is the AP on COCO val2017
            ap = next(iter(config['Results'][0]['Metrics'].values()))
            reported = f'{100 * ap:.1f} ({data["Reported By"]})'
        cells = (
            path.name,
            data['Input Size'],
            data['Architecture'],
            f'{data["Parameters"] / 1e6:.1f}',
            f'{data["FLOPs"] / 1e9:.1f}' if 'FLOPs' in data else '',
            reported,
        )
        print(LINE.format(*cells).rstrip())
    print(EXPLANATION.format(folder=root))
