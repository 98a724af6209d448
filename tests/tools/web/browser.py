"""Drives a headless Chromium by its devtools protocol."""

import base64
import json
import shutil
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import websocket

BROWSER = shutil.which('chromium') or shutil.which('google-chrome')
# what is on the open page: a field for the file, and one for boxes
FILE = "document.querySelector('input[type=file]') !== null"
FIELD = "document.querySelector('textarea')"
# what keeps a browser from looking for the world outside
QUIET = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic']
QUIET += [
    '--no-first-run',
    '--disable-background-networking',
    '--no-proxy-server',
]
QUIET += ['--disable-component-update', '--disable-sync', '--mute-audio']


class Page:
    """A page in the browser.

    Args:
        address (str): Of the devtools
    """

    def __init__(self, address: str) -> None:
        self.socket = websocket.create_connection(
            address, timeout=60, suppress_origin=True
        )
        self.count = 0

    def call(self, method: str, **params: object) -> dict:
        """Call a method of the protocol, and return its result."""
        self.count += 1
        message = dict(id=self.count, method=method, params=params)
        self.socket.send(json.dumps(message))
        while True:
            answer = json.loads(self.socket.recv())
            if answer.get('id') == self.count:
                assert 'error' not in answer, answer
                return answer['result']

    def run(self, code: str) -> object:
        """Return the value of JavaScript code."""
        result = self.call(
            'Runtime.evaluate', expression=code, returnByValue=True
        )
        assert 'exceptionDetails' not in result, result
        return result['result'].get('value')

    def wait(self, code: str, seconds: float = 60) -> object:
        """Wait until JavaScript code has a true value, and return it."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if value := self.run(code):
                return value
            time.sleep(0.1)
        raise TimeoutError(f'{code}\n{self.run("document.body.innerText")}')

    def open(self, url: str, ready: str) -> None:
        """Go to an address, and wait until JavaScript code is true there."""
        self.call('Page.navigate', url=url)
        self.wait(ready)

    def drop_file(self, path: Path) -> None:
        """Give a file to the page's first field for files."""
        root = self.call('DOM.getDocument')['root']['nodeId']
        node = self.call(
            'DOM.querySelector', nodeId=root, selector='input[type=file]'
        )
        self.call(
            'DOM.setFileInputFiles', nodeId=node['nodeId'], files=[str(path)]
        )

    def press(self, button: str) -> None:
        """Press the button with this text."""
        self.run(
            "[...document.querySelectorAll('button')].find("
            f'b => b.innerText.trim() == {button!r}).click()'
        )

    def click(self, x: float, y: float) -> None:
        """Click at a place of the window, in pixels."""
        for kind in ('mousePressed', 'mouseReleased'):
            self.call(
                'Input.dispatchMouseEvent',
                type=kind,
                x=x,
                y=y,
                button='left',
                clickCount=1,
            )

    def screenshot(self, path: Path) -> None:
        """Write what is seen to a PNG file."""
        picture = self.call('Page.captureScreenshot')['data']
        path.write_bytes(base64.b64decode(picture))


@contextmanager
def open_browser(size: tuple[int, int] = (1280, 1150)) -> Iterator[Page]:
    """Open an empty page in a new browser, which is closed at the end."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        process = subprocess.Popen(
            [
                BROWSER,
                *QUIET,
                '--remote-debugging-port=0',
                f'--user-data-dir={profile}',
                f'--window-size={size[0]},{size[1]}',
                'about:blank',
            ],
            stderr=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        try:
            page = Page(_find_page(Path(profile, 'DevToolsActivePort')))
            page.call('Page.enable')
            page.call(
                'Browser.setDownloadBehavior',
                behavior='allow',
                downloadPath=profile,
            )
            page.downloads = Path(profile)
            yield page
            page.socket.close()
        finally:
            process.kill()
            process.wait()


def _find_page(file: Path) -> str:
    """Return the address of the first page of the browser with this file."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    end = time.monotonic() + 60
    while time.monotonic() < end:
        time.sleep(0.1)
        # the port, and on a second line a path
        lines = file.read_text().splitlines() if file.exists() else []
        if len(lines) < 2:
            continue
        address = f'http://127.0.0.1:{lines[0]}/json/list'
        with opener.open(address, timeout=60) as answer:
            for target in json.load(answer):
                if target['type'] == 'page':
                    return target['webSocketDebuggerUrl']
    raise TimeoutError('the browser has no page')
