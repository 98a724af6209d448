"""Files with 8-bit convolutions, in every backend of this machine."""

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx_poses import BOXES, check, predict, run_alone

from mlpe_mmpose.runtime import OnnxPose

pytest.importorskip('openvino')


@pytest.mark.parametrize('backend', ['onnxruntime', 'openvino'])
def test_calibrated_int8_gives_almost_the_same(float32, int8, images, backend):
    expected = predict(float32, images)
    found = predict(int8, images, backend=backend)
    check(found, expected, scores=0.05)


def test_int8_gives_almost_the_same_on_a_processor_without_vnni(
    float32, int8, images, tmp_path
):
    np.save(tmp_path / 'images.npy', images)
    code = f"""
import numpy as np
from mlpe_mmpose.runtime import OnnxPose
pose = OnnxPose({int8!r}, threads=1, backend='openvino')
images = list(np.load('images.npy'))
keypoints, scores = zip(*pose.predict(images, [{BOXES}] * len(images)))
np.savez('found.npz', np.concatenate(keypoints), np.concatenate(scores))
"""
    # OpenVINO takes no newer instructions than these
    run_alone(code, tmp_path, ONEDNN_MAX_CPU_ISA='AVX2')
    found = tuple(np.load(tmp_path / 'found.npz').values())
    check(found, predict(float32, images), scores=0.05)


def test_unsigned_feature_maps_stand_for_the_same_numbers(int8):
    model = onnx.load(int8)
    unsigned = run_as_written(model)
    types = {x.name: x.type.tensor_type for x in model.graph.value_info}
    values = {x.name: x for x in model.graph.initializer}
    signed = onnx.numpy_helper.from_array(np.array(0, np.int8))
    moved = 0
    for node in model.graph.node:
        if node.op_type == 'QuantizeLinear':
            zero = values[node.input[2]]
            assert zero.data_type == onnx.TensorProto.UINT8
            if onnx.numpy_helper.to_array(zero) == 128:
                zero.CopyFrom(signed)
                zero.name = node.input[2]
                types[node.output[0]].elem_type = onnx.TensorProto.INT8
                moved += 1
    assert moved
    for found, expected in zip(unsigned, run_as_written(model), strict=True):
        np.testing.assert_array_equal(found, expected)


def run_as_written(model: onnx.ModelProto) -> list[np.ndarray]:
    """Run each operator by itself; joined ones round elsewhere."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = (
        onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    )
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), options, ['CPUExecutionProvider']
    )
    (inputs,) = session.get_inputs()
    random = np.random.default_rng(0)
    crops = random.integers(0, 256, (3, *inputs.shape[1:]), np.uint8)
    return session.run(None, {'images': crops})


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


def test_an_int8_file_is_not_run_as_another(int8):
    with pytest.raises(ValueError, match="'float32' for a file of int8"):
        OnnxPose(int8, precision='float32')
