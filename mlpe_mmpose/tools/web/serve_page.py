"""Serves the page."""

import os
import socket
from pathlib import Path
from typing import Any

from mlpe_mmpose.apis import Predictor
from mlpe_mmpose.apis.level_heatmaps import name_levels
from mlpe_mmpose.optional import require
from mlpe_mmpose.tools.build_detector import build_detector
from mlpe_mmpose.tools.environment import set_variable

from .body_limit import BodyLimit
from .pose_service import PoseService

MEGA = 1_000_000  # of pixels
MEGABYTE = 2**20  # as Gradio counts in its messages


def serve_page(
    config: str | Path,
    checkpoint: str | Path,
    detector: str | None = None,
    detector_checkpoint: str | None = None,
    device: str = 'cpu',
    host: str = '127.0.0.1',
    port: int | None = None,
    max_megabytes: float = 20,
    max_megapixels: float = 25,
    max_waiting: int = 16,
    cfg_options: dict[str, Any] | None = None,
) -> object:
    """Open a page on which visitors find the poses in an image.

    One request of each button is answered at a time; ``max_waiting`` others
    wait, and more are refused. Uploads and pictures are removed after a
    quarter of an hour. They are in the folder ``GRADIO_TEMP_DIR`` of the
    environment, under names made of their content; so pages of two programs
    need two folders, as one would remove the other's upload of the same file.

    Args:
        config (str | Path): Config of a top-down model
        checkpoint (str | Path): Its weights
        detector (str, optional): Finds the boxes, see ``build_detector``.
            Defaults to boxes that the visitor draws
        detector_checkpoint (str, optional): Weights of the detector
        device (str): Where both run. Defaults to ``'cpu'``
        host (str): Address to listen at. Defaults to this machine alone;
            there is no password
        port (int, optional): Defaults to a free one from 7860 on
        max_megabytes (float): Largest upload. Defaults to 20
        max_megapixels (float): Largest image that is decoded. Defaults to 25
        max_waiting (int): Requests that may wait. Defaults to 16
        cfg_options (dict, optional): Settings that replace those of the
            config

    Returns:
        gradio.Blocks: The open page: ``local_url``, ``block_thread()`` and
        ``close()``.

    Raises:
        MissingPackageError: If Gradio is not installed.
        OSError: If a file is missing, this machine has no such host, or the
            port is taken.
        ValueError: If a limit is not positive, a port is no number from 1 to
            65535, weights of a detector come without it, or config, weights,
            detector or device do not fit, see :class:`Predictor` and
            :func:`build_detector`.
    """
    for name, limit in (
        ('max_megabytes', max_megabytes),
        ('max_megapixels', max_megapixels),
        ('max_waiting', max_waiting),
    ):
        if not limit > 0:
            raise ValueError(f'serve_page needs {name} above 0, got {limit}.')
    # Gradio would raise an OverflowError, or wait for an answer at port 0
    if port is not None and not 0 < port < 2**16:
        raise ValueError(f'serve_page needs port from 1 to 65535, got {port}.')
    if detector_checkpoint is not None and detector is None:
        raise ValueError(
            f'serve_page got detector_checkpoint={detector_checkpoint!r} '
            'without a detector. Name the detector (--detector) that the '
            'weights belong to.'
        )
    _require_address(host, port)
    # Gradio would ask its makers for its newest version
    os.environ.setdefault('GRADIO_ANALYTICS_ENABLED', 'False')
    require('gradio', 'web')
    # Gradio is built on it
    from starlette.middleware import Middleware

    from .page import build_page

    predictor = Predictor(
        config, checkpoint, device=device, cfg_options=cfg_options
    )
    finder = None
    if detector is not None:
        finder = build_detector(detector, detector_checkpoint, device)
    service = PoseService(predictor, finder, max_megapixels * MEGA)
    page = build_page(service, name_levels(predictor.model.head))
    page.queue(max_size=max_waiting, default_concurrency_limit=1)
    # Gradio would ask a proxy of the environment whether its page is open
    with set_variable('no_proxy', '*'):
        page.launch(
            # as in a URL
            server_name=f'[{host}]' if ':' in host else host,
            server_port=port,
            max_file_size=int(max_megabytes * MEGABYTE),
            app_kwargs=dict(middleware=[Middleware(BodyLimit)]),
            footer_links=[],
            share=False,
            ssr_mode=False,
            quiet=True,
            prevent_thread_lock=True,
        )
    return page


def _require_address(host: str, port: int | None) -> None:
    """Refuse an address that is not one of this machine, or is taken.

    Gradio would say, maybe after a hundred ports, that no port is free, and
    name settings of its own.
    """
    try:
        family, *_, address = socket.getaddrinfo(host, port)[0]
        with socket.socket(family) as found:
            # as servers do: a page that was just closed still holds its port
            found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            found.bind(address)
    except OSError as error:
        raise OSError(
            f'serve_page cannot listen at host={host!r}, port={port}: '
            f'{error}. Give an address of this machine, or 0.0.0.0 for all '
            'of them, and a port that is free.'
        ) from error
