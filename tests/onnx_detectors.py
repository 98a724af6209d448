"""Detectors in ONNX files that find what a test wants."""

import json
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

WIDTH, HEIGHT = 96, 64


def write_detector(
    path: Path,
    boxes: list,
    labels: list | None = None,
    shape: tuple = (1, 3, HEIGHT, WIDTH),
    kind: int = TensorProto.FLOAT,
    **metadata: list,
) -> Path:
    """Write a file that finds these boxes; a score of 0 becomes the mean
    of the input, so that a test can see the input. A row has any length."""
    dets = np.array([boxes], np.float32)
    is_mean = np.zeros_like(dets)
    is_mean[..., 4:5] = dets[..., 4:5] == 0
    constants = dict(
        dets=dets, is_mean=is_mean, labels_=np.array([labels or []])
    )
    nodes = [
        helper.make_node('Cast', ['input'], ['floats'], to=TensorProto.FLOAT),
        helper.make_node('ReduceMean', ['floats'], ['mean'], keepdims=0),
        helper.make_node('Mul', ['mean', 'is_mean'], ['part']),
        helper.make_node('Add', ['dets', 'part'], ['out']),
        helper.make_node('Identity', ['labels_'], ['labels']),
    ]
    outputs = [helper.make_tensor_value_info('out', TensorProto.FLOAT, None)]
    if labels is not None:
        outputs.append(
            helper.make_tensor_value_info('labels', TensorProto.INT64, None)
        )
    graph = helper.make_graph(
        nodes if labels is not None else nodes[:4],
        'detector',
        [helper.make_tensor_value_info('input', kind, shape)],
        outputs,
        [numpy_helper.from_array(v, k) for k, v in constants.items()],
    )
    opset = helper.make_opsetid('', 13)
    model = helper.make_model(graph, opset_imports=[opset], ir_version=8)
    helper.set_model_props(
        model, {key: json.dumps(value) for key, value in metadata.items()}
    )
    onnx.save(model, path)
    return path
