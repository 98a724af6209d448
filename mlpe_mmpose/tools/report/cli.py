"""The command line of ``report``."""

import argparse
import functools

from mlpe_mmpose.tools.arguments import add_cfg_options, config_path

HELP = 'diagnose a checkpoint or a results file on one HTML page'


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the verb."""
    add = parser.add_argument
    add(
        'config',
        type=config_path,
        metavar='CONFIG',
        help='the config, or its name',
    )
    text = 'its weights, or a file of results, *.keypoints.json'
    add('source', metavar='CHECKPOINT', help=text)
    text = 'the page (default: %(default)s)'
    add('--out', default='report.html', metavar='FILE.html', help=text)
    text = 'where heatmaps are computed (default: %(default)s)'
    add('--device', default='cpu', help=text)
    add_cfg_options(parser)


def run(args: argparse.Namespace) -> None:
    """Test, diagnose, write the page, and say what would help most."""
    from mlpe_mmpose.apis import write_report

    from ..mim_runs import stopped_by_signals

    say = functools.partial(print, flush=True)
    given = args.config, args.source, args.out, args.cfg_options, args.device
    with stopped_by_signals():
        found = write_report(*given, say)
    most = max(found.errors, key=lambda error: error.gain)
    without = f'; without {most.name} it would be {100 * most.ap_fixed:.1f}'
    # no error is worth naming where predictions match nobody
    more = without if most.gain > 0 else ''
    say(f'AP {100 * found.metrics["AP"]:.1f}{more}')
    say(args.out)
