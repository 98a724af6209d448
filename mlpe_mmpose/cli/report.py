"""Diagnose a checkpoint, or a results file, on one HTML page."""

import argparse
import functools
import sys


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the verb."""
    from mmengine.config import DictAction

    parser.add_argument('config', metavar='CONFIG', help='the config')
    parser.add_argument(
        'source',
        metavar='CHECKPOINT',
        help='its weights, or a file of results, *.keypoints.json',
    )
    parser.add_argument(
        '--out',
        default='report.html',
        metavar='FILE.html',
        help='the page (default: %(default)s)',
    )
    parser.add_argument(
        '--device', default='cpu', help='where heatmaps are computed'
    )
    parser.add_argument(
        '--cfg-options',
        nargs='+',
        action=DictAction,
        default={},
        metavar='KEY=VALUE',
        help='changes of the config',
    )


def run(args: argparse.Namespace) -> int:
    """Test, diagnose, write, and say what would help most."""
    import mlpe_mmpose.registration  # noqa: F401
    from mlpe_mmpose.apis.report import write_report

    say = functools.partial(print, flush=True)
    try:
        found = write_report(
            args.config,
            args.source,
            args.out,
            args.cfg_options,
            args.device,
            say,
        )
    except (OSError, RuntimeError) as error:
        print(f'report: {error}', file=sys.stderr)
        return 1
    except ValueError as error:
        print(f'report: {error}', file=sys.stderr)
        return 2
    most = max(found.errors, key=lambda error: error.gain)
    say(
        f'AP {100 * found.metrics["AP"]:.1f}; without {most.name} it would '
        f'be {100 * most.ap_fixed:.1f}'
    )
    say(args.out)
    return 0
