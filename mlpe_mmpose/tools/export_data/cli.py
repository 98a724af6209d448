"""The command line of ``export-data``."""

import argparse
import functools

HELP = 'turn predictions into files of SLEAP, DeepLabCut, ...'


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the verb."""
    add = parser.add_argument
    text = "poses in COCO's result format"
    add('results', metavar='RESULTS.json', help=text)
    text = 'COCO file with their images and the names of the keypoints'
    add('ann_file', metavar='ANN.json', help=text)
    add('out', metavar='OUT', help='the file or folder to write')
    add('--images', required=True, metavar='DIR', help='folder of the images')
    add(
        '--format',
        metavar='F',
        help='slp, nwb, labelstudio, ultralytics, coco or dlc (default: by '
        'the suffix of OUT, .slp or .nwb)',
    )
    text = 'leave out keypoints of a lower score (default: %(default)s)'
    add('--min-score', type=float, default=0.0, metavar='S', help=text)


def run(args: argparse.Namespace) -> None:
    """Export the poses, and say how many."""
    from .export_data import export_data

    export_data(**vars(args), say=functools.partial(print, flush=True))
