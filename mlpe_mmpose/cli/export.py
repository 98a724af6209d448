"""Export a trained model as one ONNX file."""

import argparse
import functools
import sys
from pickle import UnpicklingError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the verb."""
    from mmengine.config import DictAction

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
    parser.add_argument(
        '--cfg-options',
        nargs='+',
        action=DictAction,
        type=_check_option,
        metavar='KEY=VALUE',
        help="settings that replace the config's, as in `mim test`",
    )


def _check_option(text: str) -> str:
    """Reject a setting that DictAction would fail to split."""
    if '=' not in text:
        raise argparse.ArgumentTypeError(f'needs KEY=VALUE, got {text!r}')
    return text


def run(args: argparse.Namespace) -> int:
    """Export, compare with torch, show the progress."""
    import mlpe_mmpose.registration  # noqa: F401
    from mlpe_mmpose.apis.export import export_onnx

    try:
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
    except (ImportError, OSError, RuntimeError, UnpicklingError) as error:
        print(f'export: {error}', file=sys.stderr)
        return 1
    except ValueError as error:
        print(f'export: {error}', file=sys.stderr)
        return 2
    return 0
