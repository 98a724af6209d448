"""The command line of ``export-data``."""

import argparse
import functools

HELP = 'turn predictions into files of SLEAP, DeepLabCut, ...'


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the verb."""
    parser.add_argument(
        'results', metavar='RESULTS.json', help="poses in COCO's result format"
    )
    parser.add_argument(
        'ann_file',
        metavar='ANN.json',
        help='COCO file with their images and the names of the keypoints',
    )
    parser.add_argument(
        'out', metavar='OUT', help='the file or folder to write'
    )
    parser.add_argument(
        '--images', required=True, metavar='DIR', help='folder of the images'
    )
    parser.add_argument(
        '--format',
        metavar='F',
        help='slp, nwb, labelstudio, ultralytics, coco or dlc (default: by '
        'the suffix of OUT, .slp or .nwb)',
    )
    parser.add_argument(
        '--min-score',
        type=float,
        default=0.0,
        metavar='S',
        help='leave out keypoints of a lower score (default: %(default)s)',
    )


def run(args: argparse.Namespace) -> None:
    """Export the poses, and say how many."""
    from .export_data import export_data

    export_data(
        args.results,
        args.ann_file,
        args.out,
        args.images,
        args.format,
        args.min_score,
        functools.partial(print, flush=True),
    )
