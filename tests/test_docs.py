"""What the README and the pages of docs/ show is true."""

import json
import re
import runpy
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from mmengine.config import Config
from mmpose.models import build_pose_estimator
from onnx_detectors import write_detector

import mlpe_mmpose
from mlpe_mmpose.tools import VERBS

ROOT = Path(__file__).parents[1]
PAGES = {
    path.relative_to(ROOT).as_posix(): path.read_text()
    for path in (*ROOT.glob('*.md'), *ROOT.glob('docs/*.md'))
}
ALL_VERBS = [verb for verbs in VERBS.values() for verb in verbs]


def example(page: str, word: str) -> str:
    """Return the Python example of a page that has this word."""
    codes = re.findall(r'```python\n(.*?)```', PAGES[page], re.DOTALL)
    (code,) = (code for code in codes if word in code)
    return code


def test_the_example_for_other_projects_builds():
    code = example('README.md', 'custom_imports')
    model = build_pose_estimator(Config.fromstring(code, '.py').model)
    assert model.head.decoder.kernel_sizes == (15, 11, 9, 7)


@pytest.mark.parametrize('word', ["'mlpe_mmpose::", '__import__'])
def test_the_examples_of_inheriting_a_config_are_read(word):
    code = example('docs/components.md', word)
    assert Config.fromstring(code, '.py').model.head.type == 'MLPEHead'


def test_the_example_of_the_runtime_finds_a_pose(
    small_mlpe, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    Path('pose.onnx').symlink_to(small_mlpe.config.with_name('pose.onnx'))
    cv2.imwrite('image.jpg', np.zeros((480, 640, 3), np.uint8))
    names = {}
    exec(example('docs/deploy.md', 'OnnxPose'), names)
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
    exec(example('docs/predict.md', 'Predictor'), names)
    assert names['people'].keypoints.shape == (2, 17, 2)
    assert names['people'].keypoint_scores.shape == (2, 17)


def test_the_examples_of_the_detector_normalise_and_find_people(
    tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    write_detector(Path('rtmdet.onnx'), [[6, 8, 30, 40, 0.5]])
    exec(example('docs/predict.md', 'set_model_props'), {})
    cv2.imwrite('image.jpg', np.zeros((64, 96, 3), np.uint8))
    names = {}
    exec(example('docs/predict.md', 'build_detector('), names)
    assert names['boxes'][0].shape == (1, 5)
    assert names['detect'].mean.tolist() == pytest.approx(
        [103.53, 116.28, 123.675]
    )


def test_the_example_of_the_shards_makes_results(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shards = Path('predictions/shards')
    shards.mkdir(parents=True)
    people = [dict(keypoints=[1, 2, 3], score=0.5, bbox=[0, 0, 1, 1])]
    for number in range(2):
        row = dict(image_id=number, people=people * number)
        (shards / f'{number}.json').write_text(json.dumps(row))
    exec(example('docs/large_jobs.md', 'json'), {})
    assert json.loads(Path('results.json').read_text()) == [
        dict(people[0], image_id=1, category_id=1)
    ]


@pytest.mark.parametrize('page', PAGES)
def test_every_file_that_is_linked_or_trained_is_there(page):
    links = re.findall(r'\]\((?!http)([^)#]*)#?([^)]*)\)', PAGES[page])
    for path, anchor in links:
        file = (ROOT / page).parent / path if path else ROOT / page
        assert file.exists(), path
        if anchor:
            titles = re.findall(r'^#+ (.+)$', file.read_text(), re.M)
            assert anchor in map(_anchor_of, titles), (path, anchor)
    for path in re.findall(r'mim \w+ mmpose (configs/\S+)', PAGES[page]):
        assert (ROOT / path).is_file(), path


def _anchor_of(title: str) -> str:
    """Return the anchor that GitHub gives a title."""
    return re.sub(r'[^\w -]', '', title.lower()).replace(' ', '-')


@pytest.mark.parametrize('page', PAGES)
def test_every_verb_that_a_page_shows_exists(page):
    shown = re.findall(r'python -m mlpe_mmpose ([a-z][a-z-]*)', PAGES[page])
    assert set(shown) <= set(ALL_VERBS)


@pytest.mark.parametrize('verb', ALL_VERBS)
def test_every_verb_is_on_a_page(verb):
    command = f'python -m mlpe_mmpose {verb}'
    assert any(command in text for text in PAGES.values())


@pytest.mark.parametrize('page', PAGES)
def test_every_argument_that_a_page_shows_exists(page):
    text = PAGES[page].replace('\\\n', ' ')
    for verb, rest in re.findall(
        r'^python -m mlpe_mmpose (\S+)(.*)$', text, re.M
    ):
        arguments = re.findall(r'(--[a-z][a-z0-9-]+)', rest.split('#')[0])
        known = re.findall(r'--[a-z][a-z0-9-]+', _help_of(verb))
        assert set(arguments) <= set(known), (verb, rest)


def _help_of(verb: str) -> str:
    done = subprocess.run(
        [sys.executable, '-W', 'ignore', '-m', 'mlpe_mmpose', verb, '--help'],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


@pytest.mark.parametrize('name', mlpe_mmpose.__all__)
def test_every_registered_class_is_listed(name):
    assert f'`{name}`' in PAGES['docs/components.md']


def test_the_page_of_the_interface_is_up_to_date():
    make_page = runpy.run_path(str(ROOT / 'docs/make_api.py'))['make_page']
    assert PAGES['docs/api.md'] == make_page(), 'run `python docs/make_api.py`'
