"""The page in a browser: upload, boxes, poses, levels, download."""

import contextlib
import json
import os
import queue
import signal
import socket
import threading
import time
from pathlib import Path

import httpx
import numpy as np
import pytest
from browser import FIELD, FILE

from mlpe_mmpose.apis import serve_page
from mlpe_mmpose.tools import ExitCode, main

# the large picture of the gallery, and the pictures beside it
SHOWN = "document.querySelector('.preview .media-button img, .preview img')"


def test_a_visitor_uploads_draws_looks_and_downloads(
    url, page, photo, predictor
):
    page.open(url, FILE)
    page.drop_file(photo)
    page.wait("document.querySelectorAll('img').length == 1")
    page.wait("document.querySelector('img').complete")
    # two corners, of which the second is left of the first
    place = page.run(
        '(r => [r.x, r.y, r.width])('
        "document.querySelector('img').getBoundingClientRect())"
    )
    scale = place[2] / 1600
    for x, y in ((900, 200), (100, 1100)):
        before = page.run("document.querySelector('img').src")
        page.click(place[0] + x * scale, place[1] + y * scale)
        # the picture is drawn anew with the corner, then with the box
        page.wait(f"document.querySelector('img').src != '{before}'")
        page.wait("document.querySelector('img').complete")
    box = np.array(page.run(f'{FIELD}.value').split(', '), float)
    # half a pixel of the window, on both sides
    np.testing.assert_allclose(box, [100, 200, 900, 1100], atol=2 / scale)

    page.press('Find poses')
    page.wait("document.body.innerText.includes('person 1')")
    assert 'left_ankle' in page.run('document.body.innerText')
    levels = ['level 0', 'level 1', 'level 2', 'refined']
    text = page.run('document.body.innerText')
    assert all(level in text for level in levels)

    page.wait(f'{SHOWN} !== null')
    refined = page.run(f'{SHOWN}.src')
    page.run(
        "(s => { s.value = 0; for (const e of ['input', 'change', "
        "'pointerup']) s.dispatchEvent(new Event(e, {bubbles: true})) })"
        "(document.querySelector('input[type=range]'))"
    )
    page.wait(f'{SHOWN}.src != {refined!r}')

    page.press('Download JSON')
    end = time.monotonic() + 30
    while not list(page.downloads.glob('poses*.json')):
        assert time.monotonic() < end
        time.sleep(0.1)
    (path,) = page.downloads.glob('poses*.json')
    (person,) = json.loads(path.read_text())

    (sample,) = predictor([photo], [[box]])
    points = np.reshape(person['keypoints'], (17, 3))
    expected = sample.pred_instances.keypoints[0]
    np.testing.assert_allclose(points[:, :2], expected, atol=1e-2)


@pytest.mark.parametrize(
    ('name', 'content', 'message'),
    [
        ('text.jpg', b'hello', 'text.jpg is no image'),
        ('large.jpg', b'x' * 2_100_000, 'maximum allowed size of 2'),
    ],
)
def test_a_visitor_reads_why_a_file_is_not_taken(
    url, page, tmp_path, name, content, message
):
    page.open(url, FILE)
    (tmp_path / name).write_bytes(content)
    page.drop_file(tmp_path / name)
    page.wait(f"document.body.innerText.includes('{message}')")


def test_limits_that_are_none_are_refused_before_anything_opens(capsys):
    call = [
        'web',
        '--config',
        'mlpe_tiny_synthetic',
        '--checkpoint',
        'none.pth',
    ]
    assert main([*call, '--max-waiting', '0']) == ExitCode.WRONG_CALL
    message = 'web: serve_page needs max_waiting above 0, got 0.'
    assert message in capsys.readouterr().err
    for port in ('0', '65536'):
        assert main([*call, '--port', port]) == ExitCode.WRONG_CALL
        assert f'from 1 to 65535, got {port}.' in capsys.readouterr().err
    # an address that is for documents, and of no machine
    assert main([*call, '--host', '192.0.2.1']) == ExitCode.FAILED
    assert "cannot listen at host='192.0.2.1'" in capsys.readouterr().err
    weights = ['--detector-checkpoint', 'boxes.pth']
    assert main([*call, *weights]) == ExitCode.WRONG_CALL
    message = "detector_checkpoint='boxes.pth' without a detector"
    assert message in capsys.readouterr().err
    with socket.socket() as taken:
        taken.bind(('127.0.0.1', 0))
        taken.listen()
        call += ['--port', str(taken.getsockname()[1])]
        assert main(call) == ExitCode.FAILED
        assert f'port={call[-1]}: [Errno' in capsys.readouterr().err
    assert main(call) == ExitCode.WRONG_CALL
    assert 'none.pth' in capsys.readouterr().err


def test_a_proxy_is_not_asked_for_the_page(small_mlpe, monkeypatch):
    monkeypatch.delenv('no_proxy')
    with socket.create_server(('127.0.0.1', 0)) as nobody:
        address = 'http://127.0.0.1:{1}'.format(*nobody.getsockname())
    monkeypatch.setenv('http_proxy', address)
    page = serve_page(small_mlpe.config, small_mlpe.checkpoint)
    try:
        assert httpx.get(page.local_url, trust_env=False).status_code == 200
    finally:
        page.close(verbose=False)
    assert 'no_proxy' not in os.environ


def has_ipv6() -> bool:
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET6) as found:
        return found.bind(('::1', 0)) is None
    return False


@pytest.mark.skipif(not has_ipv6(), reason='this machine has no IPv6')
def test_a_page_may_listen_at_an_address_of_ipv6(small_mlpe):
    page = serve_page(small_mlpe.config, small_mlpe.checkpoint, host='::1')
    try:
        assert page.local_url.startswith('http://[::1]:')
        assert httpx.get(page.local_url, timeout=60).status_code == 200
    finally:
        page.close(verbose=False)


def test_a_page_that_is_stopped_leaves_no_upload_behind(
    small_mlpe, photo, tmp_path, monkeypatch
):
    monkeypatch.setenv('GRADIO_TEMP_DIR', str(tmp_path))
    monkeypatch.setattr('builtins.print', lambda *line, **_: said.put(line))
    said, uploads, handlers = queue.Queue(), [], []

    def visit() -> None:
        try:
            while 'is open' not in (line := str(said.get(timeout=60)[0])):
                pass
            with photo.open('rb') as file:
                answer = httpx.post(
                    f'{line.split()[0]}gradio_api/upload',
                    files=dict(files=file),
                    timeout=60,
                )
            uploads.extend(map(Path, answer.json()))
            numbers = signal.SIGINT, signal.SIGTERM
            handlers.extend(map(signal.getsignal, numbers))
        finally:
            if open_page.is_set():
                os.kill(os.getpid(), signal.SIGINT)

    visitor, open_page = threading.Thread(target=visit), threading.Event()
    open_page.set()
    visitor.start()
    call = ['web', '--config', str(small_mlpe.config)]
    with socket.create_server(('127.0.0.1', 0)) as free:
        port = str(free.getsockname()[1])
    call += ['--checkpoint', str(small_mlpe.checkpoint), '--port', port]
    try:
        assert main(call) == ExitCode.STOPPED
    finally:
        # what ends without a page ends without the visitor's Ctrl-C
        open_page.clear()
    visitor.join()
    assert tmp_path in uploads[0].parents
    assert list(tmp_path.iterdir()) == []
    # `kill PID` stops it in the same way
    assert handlers[0] is handlers[1]
