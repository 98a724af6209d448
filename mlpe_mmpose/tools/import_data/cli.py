"""The command line of ``import-data``."""

import argparse

HELP = 'turn labels of DeepLabCut, SLEAP, ... into COCO files'


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the verb."""
    add = parser.add_argument
    add(
        'source',
        metavar='SOURCE',
        help='a DeepLabCut project or a YOLO-pose folder; or a file of SLEAP, '
        'Label Studio, NWB, COCO, or what else sleap-io reads',
    )
    add('out_dir', metavar='OUT', help='new folder for images and COCO files')
    text = 'where the videos or images lie, if SOURCE does not find them'
    add('--images', metavar='DIR', help=text)
    add(
        '--val',
        type=float,
        default=0.1,
        metavar='PART',
        help='part of the frames to validate on, whole videos where there are '
        'several; unless SOURCE has a split (default: %(default)s)',
    )
    text = 'chooses that part (default: %(default)s)'
    add('--seed', type=int, default=0, help=text)
    text = 'make the whole image the box, for one animal and no detector'
    add('--whole-image', action='store_true', help=text)


def run(args: argparse.Namespace) -> None:
    """Import the labels, and say what to do next."""
    from mlpe_mmpose.tools.escape import escape

    from .import_data import import_data

    import_data(**vars(args), say=lambda note: print(escape(note), flush=True))
