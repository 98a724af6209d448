"""No request reaches a file, takes much memory, or ends the page."""

import functools
import json
import threading
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import requests
from test_uploads import bomb


class Visitor:
    """Talks with the page as its own code in the browser does."""

    def __init__(self, url: str) -> None:
        self.api = f'{url}/gradio_api'
        self.session = requests.Session()
        self.session.trust_env = False  # no proxy
        self.session.request = functools.partial(
            self.session.request, timeout=60
        )

    def upload(self, name: str, content: bytes) -> requests.Response:
        files = dict(files=(name, content))
        return self.session.post(f'{self.api}/upload', files=files)

    def ask(self, file: dict, boxes: str = '') -> tuple[int, str]:
        """Ask for poses; return the status, and the answer or its error."""
        call = self.session.post(
            f'{self.api}/call/poses', json=dict(data=[file, boxes])
        )
        if call.status_code != 200:
            return call.status_code, call.text
        event = call.json()['event_id']
        answer = self.session.get(f'{self.api}/call/poses/{event}').text
        kind, _, data = answer.partition('\ndata: ')
        return kind, data.strip()

    def ask_about(self, content: bytes, boxes: str = '') -> tuple[int, str]:
        (path,) = self.upload('a.jpg', content).json()
        return self.ask(file_data(path), boxes)


def file_data(path: str) -> dict:
    return dict(path=path, meta=dict(_type='gradio.FileData'))


@pytest.fixture
def visitor(url) -> Visitor:
    return Visitor(url)


@pytest.fixture(scope='module')
def expected(predictor, photo) -> object:
    """The pose in the box that each test asks about at its end."""
    (sample,) = predictor([photo], [[[100, 200, 900, 1100]]])
    return sample.pred_instances


@pytest.fixture(autouse=True)
def _the_next_request_works(visitor, photo, expected):
    """After each test the page gives the pose that the network finds."""
    yield
    kind, data = visitor.ask_about(photo.read_bytes(), '100, 200, 900, 1100')
    assert kind == 'event: complete'
    found = visitor.session.get(json.loads(data)[-1]['url']).json()
    points = np.reshape(found[0]['keypoints'], (17, 3))
    np.testing.assert_allclose(points[:, :2], expected.keypoints[0], atol=1e-2)
    np.testing.assert_allclose(
        points[:, 2], expected.keypoint_scores[0], atol=1e-3
    )
    assert found[0]['bbox'] == [100, 200, 800, 900]


@pytest.mark.parametrize(
    ('content', 'message'),
    [
        (b'hello', 'a.jpg is no image'),
        (bomb(30000, 30000), 'a.jpg has too many pixels; at most 4 million'),
        (bomb(3000, 3000), 'a.jpg has 3000 x 3000 pixels'),
    ],
)
def test_files_that_are_no_image_get_a_plain_sentence(
    visitor, peak_memory, content, message
):
    kind, data = visitor.ask_about(content)
    assert kind == 'event: error'
    assert message in json.loads(data)['error']
    assert peak_memory() < 100e6


def test_what_a_visitor_writes_is_shown_as_text(visitor, photo):
    _, data = visitor.ask_about(photo.read_bytes(), '<img src=x onerror=a()>')
    message = json.loads(data)['error']
    assert '&lt;img' in message
    assert '<' not in message


@pytest.mark.parametrize('way', ['call/poses', 'call/upload', 'run/upload'])
def test_uploads_and_requests_have_a_size(visitor, peak_memory, way):
    large = visitor.upload('a.jpg', b'x' * 2_100_000)
    assert large.status_code == 413
    assert 'maximum allowed size of 2097152 bytes' in large.text
    # joined at once: each `+` would copy the 60 MB, and be measured
    text = b''.join((b'{"data": [null, "', b'x' * 60_000_000, b'"]}'))
    try:
        status = visitor.session.post(
            f'{visitor.api}/{way}',
            data=text,
            headers={'content-type': 'application/json'},
        ).status_code
    except requests.ConnectionError:
        status = 413  # the page has answered, and does not read the rest
    assert status == 413
    # the text itself is in this process
    assert peak_memory() < len(text) + 100e6


@pytest.mark.parametrize(
    'file',
    [
        file_data('/etc/passwd'),
        file_data('../../../../etc/passwd'),
        file_data('file:///etc/passwd'),
        dict(path='/etc/passwd'),
        file_data('http://127.0.0.1/a.jpg'),
        file_data('https://example.com/a.jpg'),
        '/etc/passwd',
        None,
        7,
    ],
)
def test_only_what_was_uploaded_is_read(visitor, file):
    kind, data = visitor.ask(file)
    assert kind == 'event: error'
    assert 'root:' not in data


def test_no_address_leads_to_another_file(visitor, photo):
    (path,) = visitor.upload('../../../evil.jpg', photo.read_bytes()).json()
    folder = Path(path).parents[1]
    assert Path(path).name == 'evil.jpg'
    assert visitor.session.get(f'{visitor.api}/file={path}').ok
    for other in (
        '/etc/passwd',
        f'{folder}/../../etc/passwd',
        f'{folder}/%2e%2e/%2e%2e/etc/passwd',
        str(Path(__file__)),
        str(photo),
    ):
        request = requests.Request('GET', f'{visitor.api}/file={other}')
        request = visitor.session.prepare_request(request)
        request.url = f'{visitor.api}/file={other}'  # as it is written
        answer = visitor.session.send(request, timeout=60)
        assert answer.status_code in (403, 404), other


def test_fifty_at_once_are_answered_or_told_to_come_again(
    url, photo, peak_memory
):
    answers = []

    def visit(number: int) -> None:
        # another file for each, so that no answer is one of another visitor
        content = photo.read_bytes() + bytes([number])
        answers.append(Visitor(url).ask_about(content)[0])

    threads = [
        threading.Thread(target=visit, args=(i,), daemon=True)
        for i in range(50)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    counts = Counter(answers)
    assert set(counts) <= {'event: complete', 503}
    assert sum(counts.values()) == 50
    assert counts['event: complete'] >= 1
    # one image at a time is decoded: 6 MB, and some pictures of it
    assert peak_memory() < 400e6
