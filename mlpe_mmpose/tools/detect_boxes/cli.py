"""The command line of ``detect-boxes``."""

import argparse
import sys

from mlpe_mmpose.tools.arguments import add_detector_checkpoint

HELP = 'write a file of person boxes for a COCO data set'


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the verb."""
    parser.add_argument(
        'ann_file', metavar='ANN.json', help='annotations in COCO format'
    )
    parser.add_argument(
        'images', metavar='IMAGES', help='folder of the images'
    )
    parser.add_argument('out', metavar='OUT.json', help='the file to write')
    parser.add_argument(
        '--detector',
        required=True,
        help='an ONNX file, torchvision:NAME, or an MMDetection config or '
        'name',
    )
    add_detector_checkpoint(parser)
    parser.add_argument(
        '--device', default='cpu', help='where it runs (default: %(default)s)'
    )
    parser.add_argument(
        '--threshold',
        type=float,
        default=0.0,
        metavar='SCORE',
        help='leave out boxes below (default: %(default)s)',
    )


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
        _show,
    )
    print(args.out)
    if metrics:
        print(
            'people: ' + '  '.join(f'{k} {v:.3f}' for k, v in metrics.items())
        )


def _show(done: int, total: int) -> None:
    """Write the progress, a line each tenth, or one line on a terminal."""
    terminal = sys.stderr.isatty()
    if terminal or done * 10 // total != (done - 1) * 10 // total:
        end = '\r' if terminal and done < total else '\n'
        print(f'{done}/{total} images', end=end, file=sys.stderr, flush=True)
