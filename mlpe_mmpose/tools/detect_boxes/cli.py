"""The command line of ``detect-boxes``."""

import argparse

from ..arguments import add_detector
from ..show_count import show_count

HELP = 'write a file of person boxes for a COCO data set'


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the verb."""
    add = parser.add_argument
    add('ann_file', metavar='ANN.json', help="annotations in COCO's format")
    add('images', metavar='IMAGES', help='folder of the images')
    add('out', metavar='OUT.json', help='the file to write')
    add_detector(parser, required=True)
    text = 'where it runs (default: %(default)s)'
    add('--device', default='cpu', help=text)
    text = 'leave out boxes below (default: %(default)s)'
    add('--threshold', type=float, default=0.0, metavar='SCORE', help=text)


def run(args: argparse.Namespace) -> None:
    """Detect, show the progress, and print the AP of the boxes."""
    from mlpe_mmpose.apis import detect_boxes

    metrics = detect_boxes(
        args.ann_file,
        args.images,
        args.out,
        args.detector,
        args.detector_checkpoint,
        args.device,
        args.threshold,
        show_count,
    )
    print(args.out)
    if metrics:
        print(
            'people: ' + '  '.join(f'{k} {v:.3f}' for k, v in metrics.items())
        )
