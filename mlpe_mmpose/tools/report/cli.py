"""The command line of ``report``."""

import argparse
import functools

from mlpe_mmpose.tools.arguments import add_cfg_options

HELP = 'diagnose a checkpoint or a results file on one HTML page'


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the verb."""
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
    add_cfg_options(parser)


def run(args: argparse.Namespace) -> None:
    """Test, diagnose, write the page, and say what would help most."""
    from mlpe_mmpose.apis import write_report

    say = functools.partial(print, flush=True)
    found = write_report(
        args.config,
        args.source,
        args.out,
        args.cfg_options or {},
        args.device,
        say,
    )
    most = max(found.errors, key=lambda error: error.gain)
    say(
        f'AP {100 * found.metrics["AP"]:.1f}; without {most.name} it would '
        f'be {100 * most.ap_fixed:.1f}'
    )
    say(args.out)
