"""Quantise an exported graph to 8-bit integers."""

import contextlib
import dataclasses
import io
import logging
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime

from mlpe_mmpose.optional import require
from mlpe_mmpose.runtime.model_card import ModelCard

# operators that compute with 8 bits
_CONVOLUTIONS = ('Conv', 'ConvTranspose', 'Gemm', 'MatMul')


def quantise(
    path: Path, card: ModelCard, crops: Sequence[np.ndarray]
) -> float:
    """Let the convolutions of a file compute with 8 bits.

    NNCF runs the graph on the crops, to find the range of each feature map,
    and corrects the mean error of each convolution. The weights have 7 bits,
    because processors without VNNI add products in 16 bits, which overflow
    with 8. Everything after the last convolution stays in float32, because it
    computes coordinates. The file has the quantised weights and the ranges in
    ONNX's own operators.

    Args:
        path (Path): The file, which is replaced
        card (ModelCard): Card of the file
        crops (Sequence[np.ndarray]): Crops (h, w, 3), uint8, BGR

    Returns:
        float: The mean difference that quantisation makes on the crops: of
        the coordinates in pixels of the crop or, if the output is heatmaps,
        of their cells.

    Raises:
        ImportError: If NNCF is not installed.
    """
    import onnx

    nncf = require('nncf', 'export --int8')
    images = [crop[None] for crop in crops]
    before = _run(path, card, images)
    model = onnx.load(path)
    # NNCF prints its progress, and a line for each operator that it leaves out
    logging.getLogger('nncf').setLevel(logging.ERROR)
    with contextlib.redirect_stdout(io.StringIO()):
        quantised = nncf.quantize(
            model,
            nncf.Dataset(images, lambda image: {'images': image}),
            subset_size=len(images),
            ignored_scope=nncf.IgnoredScope(
                names=_find_tail(model.graph), validate=False
            ),
            advanced_parameters=nncf.AdvancedQuantizationParameters(
                overflow_fix=nncf.OverflowFix.ENABLE
            ),
        )
    _make_unsigned(quantised.graph)
    card = dataclasses.replace(card, precision='int8')
    onnx.helper.set_model_props(quantised, card.to_properties())
    onnx.save(quantised, path)
    return float(np.abs(_run(path, card, images) - before).mean())


def _find_tail(graph: 'onnx.GraphProto') -> list[str]:  # noqa: F821
    """Name the nodes after the last convolution."""
    needed, tail = set(), []
    # the nodes of an ONNX graph are in the order of their computation
    for node in reversed(graph.node):
        if node.op_type in _CONVOLUTIONS or needed.intersection(node.output):
            needed.update(node.input)
        else:
            tail.append(node.name)
    return tail


def _make_unsigned(graph: 'onnx.GraphProto') -> None:  # noqa: F821
    """Store feature maps as 0 to 255, those of -128 to 127 with zero at 128.

    The numbers that they stand for stay the same. But where a processor has
    no AMX, OpenVINO 2026.4 computes a convolution of joined signed maps wrong.
    """
    from onnx import TensorProto, numpy_helper

    values = {tensor.name: tensor for tensor in graph.initializer}
    # the weights are stored as integers, and have no such node
    nodes = [node for node in graph.node if node.op_type == 'QuantizeLinear']
    for node in nodes:
        zero = values[node.input[2]]
        if zero.data_type == TensorProto.INT8:
            moved = numpy_helper.to_array(zero).astype(np.int16) + 128
            unsigned = moved.astype(np.uint8)
            zero.CopyFrom(numpy_helper.from_array(unsigned, zero.name))
    maps = {node.output[0] for node in nodes}
    for value in graph.value_info:
        if value.name in maps:
            value.type.tensor_type.elem_type = TensorProto.UINT8


def _run(
    path: Path, card: ModelCard, images: Sequence[np.ndarray]
) -> np.ndarray:
    """Compute keypoints or heatmaps of images (1, h, w, 3)."""
    session = onnxruntime.InferenceSession(
        path, providers=['CPUExecutionProvider']
    )
    return np.stack(
        [session.run([card.output], {'images': image})[0] for image in images]
    )
