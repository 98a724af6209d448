"""Export a trained model as one ONNX file."""

import argparse
import functools
import sys
from pickle import UnpicklingError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the verb."""
    parser.add_argument('config', metavar='CONFIG', help='the config')
    parser.add_argument('checkpoint', metavar='CHECKPOINT', help='its weights')
    parser.add_argument('out', metavar='OUT.onnx', help='the file to write')
    parser.add_argument(
        '--decode',
        action='store_true',
        help='give keypoints and scores instead of heatmaps',
    )
    parser.add_argument(
        '--flip-test',
        action='store_true',
        help='average over the mirrored image, inside the graph',
    )
    parser.add_argument(
        '--int8',
        action='store_true',
        help='8-bit convolutions: a file of half the size, seldom faster',
    )


def run(args: argparse.Namespace) -> int:
    """Export, compare with torch, show the progress."""
    import mlpe_mmpose.registration  # noqa: F401
    from mlpe_mmpose.apis.export import export_onnx

    try:
        export_onnx(
            args.config,
            args.checkpoint,
            args.out,
            decode=args.decode,
            flip_test=args.flip_test,
            int8=args.int8,
            say=functools.partial(print, flush=True),
        )
    except (ImportError, OSError, RuntimeError, UnpicklingError) as error:
        print(f'export: {error}', file=sys.stderr)
        return 1
    except ValueError as error:
        print(f'export: {error}', file=sys.stderr)
        return 2
    return 0
