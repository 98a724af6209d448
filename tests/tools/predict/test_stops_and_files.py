"""What a stop leaves, what is never overwritten, and the line of progress."""

import json
import os
import signal
import subprocess
import sys
import time

import cv2
import numpy as np
import pytest

from mlpe_mmpose.apis import People, PoseModel, predict_files
from mlpe_mmpose.tools.predict.predict_files import Summary
from mlpe_mmpose.tools.predict.progress import Progress

PEOPLE = People(whole_image=True)


@pytest.fixture
def model(small_mlpe) -> PoseModel:
    return PoseModel(model=str(small_mlpe.config.with_name('pose.onnx')))


# a scheduler stops with the first, a terminal that is closed with the second
@pytest.mark.parametrize('number', [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_that_ends_programs_leaves_whole_files(
    model, tmp_path, number
):
    path, out = tmp_path / 'long.avi', tmp_path / 'out'
    codec = cv2.VideoWriter_fourcc(*'MJPG')
    video = cv2.VideoWriter(str(path), codec, 25, (320, 240))
    for _ in range(3000):
        video.write(np.zeros((240, 320, 3), np.uint8))
    video.release()
    call = ['predict', str(path), '--model', model.model, '--whole-image']
    process = subprocess.Popen(
        # `nohup` around the tests would ignore a signal
        ['env', '--default-signal', sys.executable, '-m', 'mlpe_mmpose']
        + [*call, '--out', str(out)],
        stderr=subprocess.PIPE,
        text=True,
    )
    results = out / 'results.json'
    try:
        while process.poll() is None and not (
            results.exists() and results.stat().st_size > 1000
        ):
            time.sleep(0.01)
        process.send_signal(number)
        _, errors = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 130, errors
    found = json.loads(results.read_text())
    assert 0 < len(found) < 3000
    written = cv2.VideoCapture(str(out / 'long_skeletons.mp4'))
    assert written.get(cv2.CAP_PROP_FRAME_COUNT) == len(found)


def test_images_are_not_drawn_over(model, folder, tmp_path):
    # as a second call for all images below OUT finds those of the first
    images = folder.rename(tmp_path / 'skeletons')
    first = images / '000000000007.png'
    content = first.read_bytes()
    with pytest.raises(ValueError, match='skeletons, into which --out='):
        predict_files(str(images), tmp_path, model, PEOPLE)
    assert first.read_bytes() == content
    call = str(first), tmp_path, model, PEOPLE
    assert predict_files(*call, pictures=False).images == 1


def test_a_list_of_images_of_the_user_is_not_overwritten(
    model, folder, tmp_path
):
    listed = tmp_path / 'images.json'
    listed.write_text('mine')
    with pytest.raises(FileExistsError, match=r'has images\.json already'):
        predict_files(str(folder), tmp_path, model, PEOPLE)
    assert listed.read_text() == 'mine'


@pytest.mark.parametrize('columns', [40, 80])
def test_a_line_of_progress_fits_into_the_terminal(monkeypatch, columns):
    ours, theirs = os.openpty()
    size = os.terminal_size((columns, 24))
    monkeypatch.setattr(os, 'get_terminal_size', lambda number: size)
    with open(theirs, 'w') as terminal:
        monkeypatch.setattr(sys, 'stderr', terminal)
        summary = Summary(10_000, 1234, 56_789, 100.0)
        Progress()(summary)
        line = os.read(ours, 1000).decode()
    os.close(ours)
    shown = line.removeprefix('\r').removesuffix('\x1b[K')
    assert shown.startswith('[##')
    assert len(shown) < columns
    assert '\r' not in shown
