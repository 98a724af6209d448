"""What the README shows is true."""

import re
from pathlib import Path

import cv2
import numpy as np
import pytest
from mmengine.config import Config
from mmpose.models import build_pose_estimator

import mlpe_mmpose

ROOT = Path(__file__).parents[1]
README = (ROOT / 'README.md').read_text()


def example(word: str) -> str:
    """The Python example with this word."""
    codes = re.findall(r'```python\n(.*?)```', README, re.DOTALL)
    (code,) = (code for code in codes if word in code)
    return code


def test_the_example_for_other_projects_builds():
    code = example('custom_imports')
    model = build_pose_estimator(Config.fromstring(code, '.py').model)
    assert model.head.decoder.kernel_sizes == (15, 11, 9, 7)


def test_the_example_of_the_runtime_finds_a_pose(
    small_mlpe, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    Path('pose.onnx').symlink_to(small_mlpe.config.with_name('pose.onnx'))
    cv2.imwrite('image.jpg', np.zeros((480, 640, 3), np.uint8))
    names = {}
    exec(example('OnnxPose'), names)
    assert names['keypoints'].shape == (1, 17, 2)
    assert names['scores'].shape == (1, 17)


def test_the_example_of_the_predictor_finds_two_poses(
    small_mlpe, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    Path('config.py').symlink_to(small_mlpe.config)
    Path('checkpoint.pth').symlink_to(small_mlpe.checkpoint)
    cv2.imwrite('image.jpg', np.zeros((480, 640, 3), np.uint8))
    names = {}
    exec(example('Predictor'), names)
    assert names['people'].keypoints.shape == (2, 17, 2)
    assert names['people'].keypoint_scores.shape == (2, 17)


def test_every_file_that_is_linked_or_trained_is_there():
    links = re.findall(r'\]\(((?!http)[^)]+)\)', README)
    commands = re.findall(r'mim \w+ mmpose (\S+)', README)
    assert links
    assert commands
    for path in {*links, *commands}:
        assert (ROOT / path).is_file(), path


@pytest.mark.parametrize('name', mlpe_mmpose.__all__)
def test_every_registered_class_is_listed(name):
    assert f'`{name}`' in README
