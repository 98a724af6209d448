"""Detectors in ONNX files, of the format that MMDeploy writes."""

import numpy as np
import pytest
from onnx import TensorProto
from onnx_detectors import HEIGHT, WIDTH, write_detector

from mlpe_mmpose.apis import build_detector
from mlpe_mmpose.runtime import OnnxDetector


def test_boxes_of_people_return_to_the_image(tmp_path):
    boxes = [
        [6, 8, 30, 40, 0.5],
        [12, 16, 24, 32, 0.9],
        [0, 0, 9, 9, 0.8],  # of another category
        [0, 0, 9, 9, 0.29],  # below the threshold
        [60, 30, 90, 90, 0.4],  # beyond the border
        [9, 9, 9, 20, 0.9],  # no area
    ]
    labels = [0, 0, 2, 0, 0, 0]
    path = write_detector(tmp_path / 'person.onnx', boxes, labels)
    # 192 x 96: scaled by 1/2, and 16 rows of the input are padding
    image = np.zeros((96, 192, 3), np.uint8)
    expected = [
        [24, 32, 48, 64, 0.9],
        [12, 16, 60, 80, 0.5],
        [120, 60, 180, 96, 0.4],
    ]
    for found in build_detector(str(path))([image, image]):
        np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_a_file_may_have_people_only(tmp_path):
    path = write_detector(tmp_path / 'a.onnx', [[6, 8, 30, 40, 0.5]])
    (found,) = OnnxDetector(path)([np.zeros((64, 96, 3), np.uint8)])
    np.testing.assert_allclose(found, [[6, 8, 30, 40, 0.5]])


@pytest.mark.parametrize(
    ('metadata', 'expected'),
    [
        # three quarters are the image's 10, and a quarter is padding of 114
        ({}, 0.75 * 10 + 0.25 * 114),
        ({'mean': [1, 2, 3]}, 0.75 * 10 + 0.25 * 114 - 2),
        ({'mean': [0, 0, 0], 'std': [2, 2, 2]}, (7.5 + 28.5) / 2),
    ],
)
def test_the_input_is_padded_and_normalised(tmp_path, metadata, expected):
    path = write_detector(tmp_path / 'a.onnx', [[0, 0, 9, 9, 0]], **metadata)
    image = np.full((96, 192, 3), 10, np.uint8)
    (found,) = OnnxDetector(path)([image])
    assert found[0, 4] == pytest.approx(expected)


def test_a_long_image_has_boxes_too(tmp_path):
    # at the width of the input, the image is 0.03 pixels high
    path = write_detector(tmp_path / 'a.onnx', [[0, 0, WIDTH, 1, 0.9]])
    (boxes,) = OnnxDetector(path)([np.zeros((3, 9000, 3), np.uint8)])
    np.testing.assert_allclose(boxes, [[0, 0, 9000, 3, 0.9]])


@pytest.mark.parametrize(
    'image',
    [
        None,
        np.zeros((9, 9), np.uint8),
        np.zeros((9, 9, 4), np.uint8),
        np.zeros((0, 9, 3), np.uint8),
        np.zeros((9, 9, 3), np.float32),
        np.zeros((9, 9, 3), np.uint16),
    ],
)
def test_wrong_images_are_refused_by_name(tmp_path, image):
    path = write_detector(tmp_path / 'a.onnx', [[6, 8, 30, 40, 0.5]])
    right = np.zeros((64, 96, 3), np.uint8)
    message = r'OnnxDetector needs images\[1\] to be an array \(H, W, 3\)'
    with pytest.raises(ValueError, match=message):
        OnnxDetector(path)([right, image])


def test_nobody_is_found(tmp_path):
    path = write_detector(tmp_path / 'a.onnx', [[6, 8, 30, 40, 0.1]])
    (found,) = OnnxDetector(path)([np.zeros((64, 96, 3), np.uint8)])
    assert found.shape == (0, 5)


@pytest.mark.parametrize(
    ('wrong', 'message'),
    [
        (dict(shape=(1, 3, HEIGHT, 'w')), 'a fixed height and width'),
        (dict(shape=(1, HEIGHT, WIDTH, 3)), r'one input \(1, 3, h, w\)'),
        (dict(shape=(4, 3, HEIGHT, WIDTH)), r'got \[4, 3, 64, 96\] of'),
        (dict(kind=TensorProto.FLOAT16), r'float32, got .* tensor\(float16\)'),
        (dict(kind=TensorProto.UINT8), r'float32, got .* of tensor\(uint8\)'),
        # YOLOv8's 4 sides and 80 scores of 20 places, and YOLOv10's boxes
        (dict(boxes=np.ones((84, 20))), r'got \[\(1, 84, 20\)\] in .*a\.onnx'),
        (dict(boxes=np.ones((7, 6))), r'first output is .*\[\(1, 7, 6\)\]'),
        # boxes in one output, and scores of 80 categories in another
        (dict(boxes=np.ones((7, 4)), labels=[0] * 7), r'got \[\(1, 7, 4\), '),
        (dict(labels=[[0, 0]]), r'got \[\(1, 1, 5\), \(1, 1, 2\)\]'),
    ],
)
def test_a_file_of_another_format_is_refused(tmp_path, wrong, message):
    format_ = dict(boxes=[[0, 0, 1, 1, 1]]) | wrong
    path = write_detector(tmp_path / 'a.onnx', **format_)
    with pytest.raises(ValueError, match=message):
        OnnxDetector(path)


def test_a_file_without_a_graph_is_refused(tmp_path):
    path = tmp_path / 'a.onnx'
    path.write_bytes(b'\x08\x08')  # a version, and nothing else
    with pytest.raises(ValueError, match=r'onnxruntime cannot run .*a\.onnx'):
        OnnxDetector(path)


def test_a_provider_that_onnxruntime_does_not_have_is_refused(tmp_path):
    path = write_detector(tmp_path / 'a.onnx', [[6, 8, 30, 40, 0.5]])
    providers = ['NoExecutionProvider', 'CPUExecutionProvider']
    message = 'needs NoExecutionProvider, and this .* CPUExecutionProvider'
    with pytest.raises(RuntimeError, match=message):
        OnnxDetector(path, providers=providers)


def test_a_path_may_be_any_object_that_names_one(tmp_path):
    class Named:
        def __fspath__(self) -> str:
            return str(tmp_path / 'a.onnx')

    write_detector(tmp_path / 'a.onnx', [[6, 8, 30, 40, 0.5]])
    (found,) = OnnxDetector(Named())([np.zeros((64, 96, 3), np.uint8)])
    np.testing.assert_allclose(found, [[6, 8, 30, 40, 0.5]])


def test_a_batch_of_any_size_is_run_with_one_image(tmp_path):
    shape = ('batch', 3, HEIGHT, WIDTH)
    path = write_detector(
        tmp_path / 'a.onnx', [[6, 8, 30, 40, 0.5]], shape=shape
    )
    (found,) = OnnxDetector(path)([np.zeros((64, 96, 3), np.uint8)])
    np.testing.assert_allclose(found, [[6, 8, 30, 40, 0.5]])


def test_a_missing_file_is_named():
    with pytest.raises(FileNotFoundError, match=r'none\.onnx: no such file'):
        build_detector('none.onnx')


def test_an_image_of_one_column_is_searched(tmp_path):
    path = write_detector(tmp_path / 'a.onnx', [[0, 0, 1, HEIGHT, 0.9]])
    image = np.zeros((40 * HEIGHT, 1, 3), np.uint8)
    (boxes,) = OnnxDetector(path)([image])
    np.testing.assert_allclose(boxes, [[0, 0, 1, 40 * HEIGHT, 0.9]])
