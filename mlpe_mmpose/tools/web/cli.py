"""The command line of ``web``."""

import argparse
import contextlib
import os
import tempfile
import threading
from collections.abc import Iterator

from mlpe_mmpose.tools.arguments import (
    add_cfg_options,
    add_detector,
    config_path,
)
from mlpe_mmpose.tools.environment import set_variable

HELP = 'open a page that finds the poses in an image'
WHEN_STOPPED = 'the page is closed'
# where Gradio keeps uploads and pictures
FOLDER = 'GRADIO_TEMP_DIR'


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the verb."""
    add = parser.add_argument
    default = ' (default: %(default)s)'
    add(
        '--config',
        type=config_path,
        required=True,
        help='the config, or its name',
    )
    add('--checkpoint', required=True, help='its weights')
    add_detector(parser)
    add('--device', default='cpu', help='where both run' + default)
    add(
        '--host',
        default='127.0.0.1',
        help='address to listen at; 0.0.0.0 opens the page to the network, '
        'without a password (default: %(default)s, this machine only)',
    )
    text = 'port to listen at' + default
    add('--port', type=int, default=7860, help=text)
    text = 'largest file that is taken' + default
    add('--max-megabytes', type=float, default=20, metavar='MB', help=text)
    text = 'largest image that is decoded' + default
    add('--max-megapixels', type=float, default=25, metavar='MP', help=text)
    text = 'requests that may wait for their turn' + default
    add('--max-waiting', type=int, default=16, metavar='N', help=text)
    add_cfg_options(parser)


def run(args: argparse.Namespace) -> None:
    """Serve the page until Ctrl-C, or a signal that ends programs."""
    from ..mim_runs import stopped_by_signals
    from .serve_page import serve_page

    with stopped_by_signals(), _own_folder():
        page = serve_page(**vars(args))
        print(f'{page.local_url} is open; Ctrl-C closes it', flush=True)
        try:
            # Gradio's own `block_thread` would take Ctrl-C for the normal end
            threading.Event().wait()
        finally:
            page.close(verbose=False)


@contextlib.contextmanager
def _own_folder() -> Iterator[None]:
    """Let Gradio keep its files in a folder that is removed at the end.

    Gradio would leave the uploads and pictures of the last minutes behind.
    """
    with (
        tempfile.TemporaryDirectory(
            dir=os.environ.get(FOLDER), ignore_cleanup_errors=True
        ) as folder,
        set_variable(FOLDER, folder),
    ):
        yield
