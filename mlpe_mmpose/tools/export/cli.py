"""The command line of ``export``."""

import argparse
import functools

from mlpe_mmpose.tools.arguments import add_cfg_options

HELP = 'write a trained model as one ONNX file'


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the verb."""
    parser.add_argument('config', metavar='CONFIG', help='the config')
    parser.add_argument('checkpoint', metavar='CHECKPOINT', help='its weights')
    parser.add_argument('out', metavar='OUT.onnx', help='the file to write')
    parser.add_argument(
        '--heatmaps',
        action='store_true',
        help='give heatmaps, for a program that decodes them itself, instead '
        'of keypoints and scores',
    )
    parser.add_argument(
        '--flip-test',
        action=argparse.BooleanOptionalAction,
        help='average over mirrored crops inside the graph, at twice the '
        'work (default: as the config tests)',
    )
    parser.add_argument(
        '--int8',
        action='store_true',
        help='8-bit convolutions: a file of half the size, seldom faster',
    )
    add_cfg_options(parser)


def run(args: argparse.Namespace) -> None:
    """Export, compare the file with PyTorch, and show the progress."""
    from mlpe_mmpose.apis import export_onnx

    export_onnx(
        args.config,
        args.checkpoint,
        args.out,
        heatmaps=args.heatmaps,
        flip_test=args.flip_test,
        int8=args.int8,
        say=functools.partial(print, flush=True),
        cfg_options=args.cfg_options,
    )
