"""The command line of ``import-data``."""

import argparse
import functools

HELP = 'turn labels of DeepLabCut, SLEAP, ... into COCO files'


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the verb."""
    parser.add_argument(
        'source',
        metavar='SOURCE',
        help='a DeepLabCut project or a YOLO-pose folder; or a file of SLEAP, '
        'Label Studio, NWB, COCO, or what else sleap-io reads',
    )
    parser.add_argument(
        'out', metavar='OUT', help='new folder for images and COCO files'
    )
    parser.add_argument(
        '--images',
        metavar='DIR',
        help='where the videos or images lie, if SOURCE does not find them',
    )
    parser.add_argument(
        '--val',
        type=float,
        default=0.1,
        metavar='PART',
        help='part of the frames to validate on, whole videos where there are '
        'several; unless SOURCE has a split (default: %(default)s)',
    )
    parser.add_argument(
        '--seed', type=int, default=0, help='chooses that part (default: 0)'
    )
    parser.add_argument(
        '--whole-image',
        action='store_true',
        help='make the whole image the box, for one animal and no detector',
    )


def run(args: argparse.Namespace) -> None:
    """Import the labels, and say what to do next."""
    from .import_data import import_data

    import_data(
        args.source,
        args.out,
        args.images,
        args.val,
        args.seed,
        args.whole_image,
        functools.partial(print, flush=True),
    )
