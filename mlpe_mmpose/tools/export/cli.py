"""The command line of ``export``."""

import argparse
import functools

from mlpe_mmpose.tools.arguments import add_cfg_options, config_path

HELP = 'write a trained model as one ONNX file'


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the verb."""
    add = parser.add_argument
    add(
        'config',
        type=config_path,
        metavar='CONFIG',
        help='the config, or its name',
    )
    add('checkpoint', metavar='CHECKPOINT', help='weights of the model')
    add('out_file', metavar='OUT.onnx', help='the file to write')
    add(
        '--heatmaps',
        action='store_true',
        help='output heatmaps instead of keypoints and scores, for a program '
        'that decodes them itself',
    )
    add(
        '--flip-test',
        action=argparse.BooleanOptionalAction,
        help='average over mirrored crops inside the graph, at twice the '
        'work (default: as in the config)',
    )
    add(
        '--int8',
        dest='int8_images',
        metavar='IMAGES',
        help='compute with 8 bits, calibrated on the people in this folder of '
        'images; each image is one person, unless --int8-boxes is given',
    )
    text = 'COCO annotation file with the boxes of the people'
    add('--int8-boxes', metavar='ANN.json', help=text)
    add_cfg_options(parser)


def run(args: argparse.Namespace) -> None:
    """Export a model and print the progress."""
    from mlpe_mmpose.apis import export_onnx

    export_onnx(**vars(args), say=functools.partial(print, flush=True))
