"""The command line of ``init-dataset``."""

import argparse
import functools

HELP = 'write metainfo and config for a data set of your own'


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the verb."""
    add = parser.add_argument
    add('ann_file', metavar='ANN.json', help="annotations in COCO's format")
    add('--images', required=True, metavar='DIR', help='folder of the images')
    add('--val', metavar='ANN.json', help='annotations to validate on')
    add(
        '--val-images',
        metavar='DIR',
        help='folder of their images (default: --images)',
    )
    add(
        '--config',
        default='mlpe_resnest50_256x192.py',
        metavar='BASE',
        help='the config to start from (default: %(default)s)',
    )
    add('--name', help="the data set's name (default: the file's)")
    add('--out', default='.', metavar='DIR', help='where both files go')
    add('--force', action='store_true', help='replace files that exist')


def run(args: argparse.Namespace) -> None:
    """Write both files, and say what to do next."""
    from mlpe_mmpose.apis import init_dataset

    init_dataset(
        args.ann_file,
        args.images,
        args.out,
        args.val,
        args.val_images,
        args.config,
        args.name,
        args.force,
        functools.partial(print, flush=True),
    )
