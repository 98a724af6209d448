"""The command line of ``init-dataset``."""

import argparse
import functools

from mlpe_mmpose.tools.arguments import config_path

HELP = 'write metainfo and config for a data set of your own'


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the verb."""
    add = parser.add_argument
    add('ann_file', metavar='ANN.json', help="annotations in COCO's format")
    add('--images', required=True, metavar='DIR', help='folder of the images')
    text = 'annotations to validate on'
    add('--val', dest='val_ann_file', metavar='ANN.json', help=text)
    text = 'folder of their images (default: --images)'
    add('--val-images', metavar='DIR', help=text)
    add(
        '--config',
        dest='base',
        type=config_path,
        default='mlpe_resnest50_256x192.py',
        metavar='BASE',
        help='the config to start from (default: %(default)s)',
    )
    add('--name', help="the data set's name (default: the file's)")
    text = 'where both files go'
    add('--out', dest='out_dir', default='.', metavar='DIR', help=text)
    add('--force', action='store_true', help='replace files that exist')


def run(args: argparse.Namespace) -> None:
    """Write both files, and say what to do next."""
    from mlpe_mmpose.apis import init_dataset

    init_dataset(**vars(args), say=functools.partial(print, flush=True))
