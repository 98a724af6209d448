"""An exported file in each backend and each precision."""

import pickle
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from exported import Trained

from mlpe_mmpose.runtime import OnnxPose
from mlpe_mmpose.runtime.backends import PROVIDERS, lacks_vnni
from mlpe_mmpose.tools.export.calibration import read_crops
from mlpe_mmpose.tools.export.quantise import quantise
from mlpe_mmpose.tools.synth.generator import generate_dataset

openvino = pytest.importorskip('openvino')
HAS_BFLOAT16 = 'BF16' in openvino.Core().get_property(
    'CPU', 'OPTIMIZATION_CAPABILITIES'
)
BOXES = [[60, 5, 110, 230], [10, 20, 300, 90], [100, 50, 160, 171]]


@pytest.fixture(scope='module')
def people(tmp_path_factory: pytest.TempPathFactory):
    """A folder of generated images of people."""
    folder = tmp_path_factory.mktemp('people')
    generate_dataset(folder, 1, 6, seed=0)
    return folder


@pytest.fixture(scope='module')
def images(people) -> list[np.ndarray]:
    paths = sorted((people / 'val2017').iterdir())
    return [cv2.imread(str(path)) for path in paths]


@pytest.fixture(scope='module')
def float32(small_mlpe: Trained) -> str:
    return str(small_mlpe.config.with_name('pose.onnx'))


@pytest.fixture(scope='module')
def int8(float32, people, tmp_path_factory) -> str:
    """The small model with 8-bit convolutions."""
    path = tmp_path_factory.mktemp('int8') / 'pose.onnx'
    shutil.copy(float32, path)
    card = OnnxPose(path).card
    annotations = people / 'annotations/person_keypoints_val2017.json'
    quantise(path, card, read_crops(people / 'val2017', annotations, card))
    return str(path)


def predict(path: str, images: list, **options: str) -> tuple:
    """Keypoints (N, K, 2) and scores (N, K) of all images."""
    pose = OnnxPose(path, threads=1, **options)
    poses = pose.predict(images, [BOXES] * len(images))
    return tuple(np.concatenate(part) for part in zip(*poses, strict=True))


def check(found: tuple, expected: tuple, scores: float) -> None:
    """Compare most keypoints; those of random weights jump between maxima."""
    moved = np.linalg.norm(found[0] - expected[0], axis=-1)
    assert np.median(moved) < 0.1
    np.testing.assert_allclose(found[1], expected[1], rtol=0, atol=scores)


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


@pytest.mark.skipif(not lacks_vnni(), reason='the processor has VNNI')
def test_a_processor_without_vnni_is_told_to_compare(int8):
    with pytest.warns(UserWarning, match="no VNNI, .*backend='onnxruntime'"):
        OnnxPose(int8, backend='openvino')


@pytest.mark.parametrize(
    'backend',
    [
        'onnxruntime',
        pytest.param(
            'openvino',
            # OnnxPose warns of that
            marks=pytest.mark.skipif(
                lacks_vnni(), reason='the processor has no VNNI'
            ),
        ),
    ],
)
def test_calibrated_int8_gives_almost_the_same(float32, int8, images, backend):
    expected = predict(float32, images)
    found = predict(int8, images, backend=backend)
    check(found, expected, scores=0.05)


def test_only_the_convolutions_are_quantised(int8):
    graph = onnx.load(int8).graph
    makers = {name: node for node in graph.node for name in node.output}
    quantised = {
        node.op_type
        for node in graph.node
        for name in node.input
        if name in makers and makers[name].op_type == 'DequantizeLinear'
    }
    assert {'Conv', 'ConvTranspose'} <= quantised
    # what finds and places the maxima
    assert not quantised & {'ArgMax', 'GatherElements', 'Sign', 'ReduceMax'}
    assert OnnxPose(int8).card.precision == 'int8'


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


def test_an_int8_file_is_not_run_as_another(int8):
    with pytest.raises(ValueError, match="'float32' for a file of int8"):
        OnnxPose(int8, precision='float32')


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
