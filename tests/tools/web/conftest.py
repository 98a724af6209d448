"""A page that is open while the tests of this folder run."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

pytest.importorskip('gradio', reason='Gradio is not installed')
pytest.importorskip('websocket')

import browser

from mlpe_mmpose.apis import Predictor
from mlpe_mmpose.tools.web.serve_page import serve_page

# megabytes and megapixels that the page takes, requests that may wait
LIMITS = dict(max_megabytes=2, max_megapixels=4, max_waiting=8)


@pytest.fixture(autouse=True, scope='session')
def _own_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A folder for the uploads to the pages of this process.

    Gradio names uploads by their content. In its common folder, a page that
    is closed would remove the image about which another process asks. And
    the tests ask no proxy of the environment for the page.
    """
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp('uploads')
        patch.setenv('GRADIO_TEMP_DIR', str(folder))
        patch.setenv('no_proxy', '*')
        yield


@pytest.fixture(scope='session')
def url(small_mlpe) -> Iterator[str]:
    """The address of the page, of a small network with random weights."""
    page = serve_page(small_mlpe.config, small_mlpe.checkpoint, **LIMITS)
    yield page.local_url.rstrip('/')
    page.close()


@pytest.fixture(scope='session')
def page() -> Iterator[browser.Page]:
    """An empty page of a browser."""
    if browser.BROWSER is None:
        pytest.skip('no Chromium: apt install chromium')
    with browser.open_browser() as page:
        yield page


@pytest.fixture(scope='session')
def predictor(small_mlpe) -> Predictor:
    """The network of the page, for what it has to answer."""
    return Predictor(small_mlpe.config, small_mlpe.checkpoint)


@pytest.fixture(scope='session')
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An image larger than its picture on the page."""
    noise = np.random.default_rng(0).integers(0, 256, (12, 16, 3), np.uint8)
    path = tmp_path_factory.mktemp('photo') / 'photo.jpg'
    cv2.imwrite(str(path), cv2.resize(noise, (1600, 1200)))
    return path


@pytest.fixture
def peak_memory() -> Iterator[Callable[[], int]]:
    """Tells by how many bytes this process has grown at most."""
    start, highest, done = _resident(), 0, threading.Event()

    def watch() -> None:
        nonlocal highest
        while not done.is_set():
            highest = max(highest, _resident())
            time.sleep(0.01)

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    yield lambda: highest - start
    done.set()
    thread.join()


def _resident() -> int:
    pages = int(Path('/proc/self/statm').read_text().split()[1])
    return pages * 4096
