"""The command line of ``web``."""

import argparse

from mlpe_mmpose.tools.arguments import (
    add_cfg_options,
    add_detector_checkpoint,
)

HELP = 'open a page that finds the poses in an image'
WHEN_STOPPED = 'the page is closed'


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the verb."""
    parser.add_argument('--config', required=True, help='the config')
    parser.add_argument('--checkpoint', required=True, help='its weights')
    parser.add_argument(
        '--detector',
        help='finds the boxes: an ONNX file, torchvision:NAME, or an '
        'MMDetection config or name',
    )
    add_detector_checkpoint(parser)
    parser.add_argument(
        '--device', default='cpu', help='where both run (default: cpu)'
    )
    parser.add_argument(
        '--host',
        default='127.0.0.1',
        help='address to listen at; 0.0.0.0 opens the page to the network, '
        'without a password (default: %(default)s, this machine only)',
    )
    parser.add_argument(
        '--port', type=int, default=7860, help='default: %(default)s'
    )
    parser.add_argument(
        '--max-megabytes',
        type=float,
        default=20,
        metavar='MB',
        help='largest file that is taken (default: %(default)s)',
    )
    parser.add_argument(
        '--max-megapixels',
        type=float,
        default=25,
        metavar='MP',
        help='largest image that is decoded (default: %(default)s)',
    )
    parser.add_argument(
        '--max-waiting',
        type=int,
        default=16,
        metavar='N',
        help='requests that may wait for their turn (default: %(default)s)',
    )
    add_cfg_options(parser)


def run(args: argparse.Namespace) -> None:
    """Serve the page until Ctrl-C."""
    from .serve_page import serve_page

    page = serve_page(
        args.config,
        args.checkpoint,
        args.detector,
        args.detector_checkpoint,
        args.device,
        args.host,
        args.port,
        args.max_megabytes,
        args.max_megapixels,
        args.max_waiting,
        args.cfg_options,
    )
    print(f'{page.local_url} is open; Ctrl-C closes it', flush=True)
    page.block_thread()
