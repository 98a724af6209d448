"""`predict` as a user types it."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import cv2
import numpy as np
import onnxruntime
import pytest

from mlpe_mmpose.runtime import onnx_pose
from mlpe_mmpose.tools import main

ROOT = Path(__file__).parents[3]


@pytest.fixture
def model(small_mlpe) -> str:
    return str(small_mlpe.config.with_name('pose.onnx'))


def test_a_broken_file_is_named_and_the_status_says_so(
    model, folder, tmp_path, capsys
):
    out = tmp_path / 'out'
    call = ['predict', str(folder), '--model', model, '--whole-image']
    assert main([*call, '--out', str(out)]) == 1
    said = capsys.readouterr()
    assert said.out.startswith('3 images, 3 people in ')
    assert '1 files with errors' in said.out
    assert 'cannot read ' in said.err
    assert '000000000009.jpg: the file is empty, or no image' in said.err
    (folder / '000000000009.jpg').unlink()
    # the results are there already
    assert main([*call, '--out', str(out)]) == 2
    assert 'has results.json and images.json' in capsys.readouterr().err
    assert main([*call, '--out', str(tmp_path / 'new')]) == 0


def test_a_missing_input_is_a_wrong_call(model, tmp_path, capsys):
    call = ['predict', 'none.jpg', '--model', model, '--whole-image']
    assert main([*call, '--out', str(tmp_path / 'out')]) == 2
    assert capsys.readouterr().err == (
        "predict: INPUT='none.jpg': no such file or folder.\n"
    )


def read_results(out: Path) -> tuple[list, np.ndarray]:
    """The images of the people, and their keypoints (N, K, 3)."""
    people = json.loads((out / 'results.json').read_text())
    return [person['image_id'] for person in people], np.array(
        [person['keypoints'] for person in people]
    ).reshape(len(people), -1, 3)


def test_a_backend_and_a_precision_reach_the_network(
    model, folder, tmp_path, monkeypatch
):
    opened, open_graph = [], onnx_pose.open_graph

    def note(path, *settings):
        opened.append(settings[:2])
        return open_graph(path, *settings)

    monkeypatch.setattr(onnx_pose, 'open_graph', note)
    (folder / '000000000009.jpg').unlink()
    call = ['predict', str(folder), '--model', model, '--whole-image']
    found = {}
    for backend in 'onnxruntime', 'openvino':
        out = tmp_path / backend
        words = ('--backend', backend, '--precision', 'float32')
        assert main([*call, *words, '--out', str(out), '--no-pictures']) == 0
        found[backend] = read_results(out)
    assert opened == [('onnxruntime', 'float32'), ('openvino', 'float32')]
    assert found['openvino'][0] == found['onnxruntime'][0]
    np.testing.assert_allclose(
        found['openvino'][1], found['onnxruntime'][1], atol=0.01
    )


@pytest.mark.parametrize(
    ('words', 'message'),
    [
        (
            ('--backend', 'mystery'),
            'OnnxPose needs backend to be one of ',
        ),
        (
            ('--precision', 'float16'),
            'OnnxPose needs precision to be one of ',
        ),
        (
            ('--precision', 'bfloat16', '--backend', 'cuda'),
            "OnnxPose computes with precision='bfloat16' only in a backend of",
        ),
        (
            ('--precision', 'int8', '--backend', 'openvino'),
            "OnnxPose got precision='int8' for a file of float32. Export the ",
        ),
        (('--device', 'cuda'), '--device=cuda is for what PyTorch runs, got '),
    ],
)
@pytest.mark.parametrize('engine', ['local', 'ray'])
def test_a_backend_and_a_precision_that_do_not_fit_are_refused_at_once(
    model, tmp_path, capsys, words, message, engine
):
    # an INPUT that is missing would be named if it were looked for first
    call = ['predict', 'none.jpg', '--model', model, '--whole-image', *words]
    out = tmp_path / 'out'
    assert main([*call, '--engine', engine, '--out', str(out)]) == 2
    assert capsys.readouterr().err.startswith(f'predict: {message}')
    assert not out.exists()


def test_a_network_of_pytorch_takes_no_backend(small_mlpe, capsys):
    call = ['predict', 'none.jpg', '--config', str(small_mlpe.config)]
    call += ['--checkpoint', str(small_mlpe.checkpoint), '--whole-image']
    for name, value in dict(backend='openvino', precision='float32').items():
        assert main([*call, f'--{name}', value]) == 2
        assert capsys.readouterr().err.startswith(
            f'predict: --{name} says how to run a file of --model, got --conf'
        )


def test_what_only_ray_can_do_is_refused_without_it(model, capsys):
    call = ['predict', 'none.jpg', '--model', model, '--whole-image']
    assert main([*call, '--workers', '4']) == 2
    assert '--shard-size and --format need --engine ray' in (
        capsys.readouterr().err
    )


# Runs the program with no path but that of the packages in the first argument
ALONE = """
import runpy
import sys

sys.path = [path for path in sys.path if 'site-packages' not in path]
sys.path.append(sys.argv.pop(1))
sys.argv[0] = '-m'
sys.orig_argv = [sys.executable, '-m', 'mlpe_mmpose', *sys.argv[1:]]
runpy.run_module('mlpe_mmpose', run_name='__main__')
"""


def start_without_torch(
    folder: Path, arguments: list[str]
) -> subprocess.Popen:
    """Start the program where NumPy, OpenCV and onnxruntime are alone."""
    packages = folder / 'packages'
    packages.mkdir()
    (packages / 'mlpe_mmpose').symlink_to(ROOT / 'mlpe_mmpose')
    for module in (np, cv2, onnxruntime):
        path = Path(module.__file__).parent
        (packages / path.name).symlink_to(path)
    for path in Path(np.__file__).parents[1].glob('*.libs'):
        (packages / path.name).symlink_to(path)
    return subprocess.Popen(
        [sys.executable, '-I', '-S', '-c', ALONE, packages, *arguments],
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_ctrl_c_without_torch_leaves_whole_files(model, tmp_path):
    # a folder so large that it cannot be done before the signal comes
    images = tmp_path / 'images'
    images.mkdir()
    first = images / '0.jpg'
    cv2.imwrite(str(first), np.zeros((240, 320, 3), np.uint8))
    for number in range(1, 5000):
        os.link(first, images / f'{number}.jpg')
    out = tmp_path / 'out'
    call = ['predict', str(images), '--model', model, '--whole-image']
    process = start_without_torch(tmp_path, [*call, '--out', str(out)])
    results = out / 'results.json'
    try:
        while process.poll() is None and not (
            results.exists() and results.stat().st_size > 1000
        ):
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        said, errors = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 130, errors
    assert 'Traceback' not in errors
    found = json.loads(results.read_text())
    assert 0 < len(found) < 5000
    listed = json.loads((out / 'images.json').read_text())
    assert {r['image_id'] for r in found} == {image['id'] for image in listed}
    assert said.startswith(f'{len(found)} images, ')
