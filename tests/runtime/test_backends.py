"""An exported file in each backend and each precision."""

import pickle
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import onnxruntime
import pytest
import torch
from onnx_poses import BOXES, check, predict, run_alone

from mlpe_mmpose.runtime import OnnxPose
from mlpe_mmpose.runtime.backends import PROVIDERS

openvino = pytest.importorskip('openvino')
HAS_BFLOAT16 = 'BF16' in openvino.Core().get_property(
    'CPU', 'OPTIMIZATION_CAPABILITIES'
)


def test_openvino_gives_the_keypoints_of_onnxruntime(float32, images):
    expected = predict(float32, images)
    found = predict(float32, images, backend='openvino')
    assert np.abs(found[0] - expected[0]).max() < 0.1
    np.testing.assert_allclose(found[1], expected[1], atol=1e-5)


@pytest.mark.parametrize('backend', ['onnxruntime', 'openvino'])
def test_threads_that_share_a_network_get_the_poses_of_their_own_images(
    float32, images, backend
):
    pose = OnnxPose(float32, threads=1, backend=backend)
    expected = [pose(image, BOXES)[0] for image in images]
    with ThreadPoolExecutor(len(images)) as pool:
        for _ in range(20):
            found = pool.map(lambda image: pose(image, BOXES)[0], images)
            for ours, alone in zip(found, expected, strict=True):
                np.testing.assert_array_equal(ours, alone)


@pytest.mark.parametrize('backend', ['onnxruntime', 'openvino'])
def test_a_network_that_was_pickled_gives_the_same_poses(
    float32, images, backend
):
    pose = OnnxPose(float32, batch_size=2, threads=1, backend=backend)
    copy = pickle.loads(pickle.dumps(pose))
    assert copy.batch_size == 2
    for ours, other in zip(
        pose(images[0], BOXES), copy(images[0], BOXES), strict=True
    ):
        np.testing.assert_array_equal(ours, other)


@pytest.mark.skipif(not HAS_BFLOAT16, reason='the processor has no bfloat16')
def test_bfloat16_rounds_the_network_and_not_the_coordinates(float32, images):
    expected = predict(float32, images)
    found = predict(float32, images, backend='openvino', precision='bfloat16')
    assert not np.array_equal(found[1], expected[1])
    check(found, expected, scores=0.005)


def test_networks_that_are_closed_in_any_order_leave_signals_in_place(
    float32, tmp_path
):
    code = f"""
import signal
import subprocess
from mlpe_mmpose.runtime import OnnxPose
first = OnnxPose({float32!r}, backend='openvino')
second = OnnxPose({float32!r}, backend='openvino')
del first
del second
signal.signal(signal.SIGCHLD, lambda *_: print('a child has ended'))
subprocess.run(['true'], check=True)
"""
    assert run_alone(code, tmp_path).count('a child has ended') == 1


def test_threads_that_open_networks_at_once_open_openvino_once(
    float32, tmp_path
):
    code = f"""
import sys
import threading
import openvino
from mlpe_mmpose.runtime import OnnxPose
sys.setswitchinterval(1e-6)  # threads take turns all the time
made = []
class Core(openvino.Core):
    def __init__(self):
        made.append(self)
        super().__init__()
openvino.Core = Core
start = threading.Barrier(4)
def open_network():
    start.wait()
    OnnxPose({float32!r}, backend='openvino')
threads = [threading.Thread(target=open_network) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print('opened', len(made))
"""
    assert run_alone(code, tmp_path).endswith('opened 1\n')


@pytest.mark.parametrize(
    ('options', 'words'),
    [
        (dict(backend='tvm'), "one of .*'openvino'.*backend='tvm'"),
        (dict(precision='half'), "one of .*'int8'.*precision='half'"),
        (dict(precision='int8'), "'int8' for a file of float32.*--int8"),
        (
            dict(precision='bfloat16'),
            "'openvino', 'tensorrt'.*got backend='onnxruntime'",
        ),
    ],
)
def test_a_backend_or_precision_that_does_not_fit_is_refused(
    float32, options, words
):
    with pytest.raises(ValueError, match=f'OnnxPose .*{words}'):
        OnnxPose(float32, **options)


def test_nothing_is_reported_to_the_makers_of_openvino():
    assert sys.modules['openvino_telemetry'] is None


@pytest.mark.parametrize('backend', ['cuda', 'tensorrt'])
def test_a_missing_backend_is_named(float32, backend):
    available = onnxruntime.get_available_providers()
    if PROVIDERS[backend][0] in available:
        pytest.skip('this onnxruntime has the provider')
    words = rf'{PROVIDERS[backend][0]}, and this onnxruntime has .*CPU'
    with pytest.raises(RuntimeError, match=words):
        OnnxPose(float32, backend=backend)


GPU_CASES = [
    ('cuda', 'float32'),
    ('cuda', 'int8'),
    ('tensorrt', 'float32'),
    ('tensorrt', 'bfloat16'),
    ('tensorrt', 'int8'),
]


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason='needs a GPU')
@pytest.mark.parametrize(('backend', 'precision'), GPU_CASES)
def test_on_a_gpu_the_keypoints_are_those_of_the_cpu(
    float32, int8, images, backend, precision
):
    if PROVIDERS[backend][0] not in onnxruntime.get_available_providers():
        pytest.skip(f'this onnxruntime has no {PROVIDERS[backend][0]}')
    path = int8 if precision == 'int8' else float32
    found = predict(path, images, backend=backend, precision=precision)
    # TF32 and the other precisions round to 8 or 10 bits
    check(found, predict(float32, images), scores=0.05)
