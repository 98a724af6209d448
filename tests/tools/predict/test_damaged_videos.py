"""Videos that end too early are named, and no others."""

import base64
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest

from mlpe_mmpose.tools import main
from mlpe_mmpose.tools.predict.frames import Frame
from mlpe_mmpose.tools.predict.inputs import open_input

FRAMES = 40
# A Matroska file that PyAV wrote: 12 frames at 60 a second, then 12 at 10.
# OpenCV cannot write frames of different lengths. It reads 24 frames, and says
# that there are 79, which is 1.3 s times 60.
UNEVEN = """
eNqTcr2/eLFTWyOj03cg/tTI4vS5kcOpqSM3saQovzg70akdKNTayCQR3JDOyAACzD2Cvr
NLDuxveXZhwjzf3d3Bq1tEPVemBa9pXAjhiYWsywbyPvru7gHyhEIOpwevaWLshHBlgncD
JZuY499ATGMIZqA+ALnn9P6WbW9zN2pd39jM7+Tg29Drk1iWZmakZwhEBkbhjqj84iUTDt
mmqdXXLNrQwfT3Yr/2750unR0OU6aAzQP5yGHS/pbA0+ET10Hd3Xy9kbH4aMfFXZs3Oenz
npvTyKC0dU5zaV5KRyNDW39YvG+Aq7uJvmewv75jcEBzI6Py4+bmfwFaD7o2NArsahQI2d
TIEvqukQEWDEwMDMmL1jMwMG4ACjBu7RQGkkBhRgWGI70djE8ZWphEkoHcTUBXJwNdbWQB
cjUobO/tb7F4emVLcfGC5AMN6SdmuS5ud/Vz9ndxDXJpR/Nj8abkA93JCDenn1jourjDJT
TIMcTT38+lfbKBgRUIGeoZG5obgAGDvPO2Usfc/S1VcadrnzcyLJ7WyMDQAHTIZgYBdiC1
TcBA46Dc7e+LexoZBEHu3RZQIbgfxFOE8DZAeEYQ3g8IzxnMCzSA8IIhPKi+FAgPqq8Uwo
PqawXzgqD6pkF4UH3LITyovu0QHkgf0MUnkF0sDHcxow5YVcgOsB7GCWBeGMR0xi9gXjhE
jikCzIuEyDHtAfOiIHLMCmBeDESOuQXMi4XKvQDzMiQ47gN5LD4Q30DkWDaAecEQfawicL
eAssiK/S0S5z6t292/GeiXLmDW/NjE+OZDIydI4ASSwG4AFoQ+1w==
"""


def write_video(path: Path) -> bytes:
    """Write noise, whose frames are about equally large; return the file."""
    random = np.random.default_rng(0)
    codec = cv2.VideoWriter_fourcc(*'MJPG')
    video = cv2.VideoWriter(str(path), codec, 25, (64, 48))
    for _ in range(FRAMES):
        video.write(random.integers(0, 256, (48, 64, 3), np.uint8))
    video.release()
    return path.read_bytes()


def read_to_end(path: Path) -> tuple[int, list[str]]:
    """Return the number of frames, and what is wrong."""
    items = list(open_input(str(path)).read())
    frames = sum(isinstance(item, Frame) for item in items)
    return frames, [item.reason for item in items[frames:]]


@pytest.mark.parametrize('suffix', ['.avi', '.mkv'])
def test_a_video_that_is_cut_is_named_after_its_last_frame(tmp_path, suffix):
    path = tmp_path / f'cut{suffix}'
    content = write_video(path)
    assert read_to_end(path) == (FRAMES, [])
    path.write_bytes(content[: len(content) // 2])
    frames, (reason,) = read_to_end(path)
    assert 0.3 * FRAMES < frames < 0.7 * FRAMES
    assert reason.startswith(f'ends after {frames} of 40 frames')


def test_a_video_without_a_readable_frame_is_named(tmp_path):
    path = tmp_path / 'cut.avi'
    content = write_video(path)
    path.write_bytes(content[: content.index(b'movi') + 4])
    assert read_to_end(path) == (0, ['no frame of it can be read'])


def test_a_whole_video_of_uneven_frames_is_not_named(tmp_path):
    path = tmp_path / 'uneven.mkv'
    path.write_bytes(zlib.decompress(base64.b64decode(UNEVEN)))
    assert open_input(str(path)).count == 79
    assert read_to_end(path) == (24, [])


def test_the_status_of_a_damaged_video_says_so(small_mlpe, tmp_path, capsys):
    path = tmp_path / 'cut.avi'
    content = write_video(path)
    path.write_bytes(content[: len(content) // 2])
    model = str(small_mlpe.config.with_name('pose.onnx'))
    call = ['predict', str(path), '--model', model, '--whole-image']
    assert main([*call, '--out', str(tmp_path / 'out')]) == 1
    assert 'cut.avi: ends after ' in capsys.readouterr().err
    assert (tmp_path / 'out/cut_skeletons.mp4').exists()
