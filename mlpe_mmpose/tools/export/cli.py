"""The command line of ``export``."""

import argparse
import functools

from mlpe_mmpose.tools.arguments import add_cfg_options

HELP = 'write a trained model as one ONNX file'


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the verb."""
    parser.add_argument('config', metavar='CONFIG', help='the config')
    parser.add_argument(
        'checkpoint', metavar='CHECKPOINT', help='weights of the model'
    )
    parser.add_argument('out', metavar='OUT.onnx', help='the file to write')
    parser.add_argument(
        '--heatmaps',
        action='store_true',
        help='output heatmaps instead of keypoints and scores, for a program '
        'that decodes them itself',
    )
    parser.add_argument(
        '--flip-test',
        action=argparse.BooleanOptionalAction,
        help='average over mirrored crops inside the graph, at twice the '
        'work (default: as in the config)',
    )
    parser.add_argument(
        '--int8',
        metavar='IMAGES',
        help='compute with 8 bits, calibrated on the people in this folder of '
        'images; each image is one person, unless --int8-boxes is given',
    )
    parser.add_argument(
        '--int8-boxes',
        metavar='ANN.json',
        help='COCO annotation file with the boxes of the people',
    )
    add_cfg_options(parser)


def run(args: argparse.Namespace) -> None:
    """Export a model and print the progress."""
    from mlpe_mmpose.apis import export_onnx

    export_onnx(
        args.config,
        args.checkpoint,
        args.out,
        heatmaps=args.heatmaps,
        flip_test=args.flip_test,
        int8_images=args.int8,
        int8_boxes=args.int8_boxes,
        say=functools.partial(print, flush=True),
        cfg_options=args.cfg_options,
    )
