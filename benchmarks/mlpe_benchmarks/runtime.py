"""Measure the exported model beside eager PyTorch and MMPose."""

import contextlib
import functools
import io
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnxruntime
import torch

import mlpe_mmpose  # noqa: F401, its stand-in must precede mmpose
from mlpe_mmpose.runtime import OnnxPose
from mlpe_mmpose.runtime.backends import open_graph
from mlpe_mmpose.shipped import find_shipped
from mlpe_mmpose.tools.export.export_onnx import BOUND, export_onnx
from mlpe_mmpose.tools.export.quantise import quantise

from .harness import Options, Row, check_difference, take_turns

from mmpose.apis import inference_topdown, init_model  # isort: skip

TINY, LARGE = 'mlpe_tiny_synthetic.py', 'mlpe_resnest50_384x288.py'
THREADS = 2
PEOPLE = 16
# Backend, precision, and the largest allowed difference of the scores,
# relative to their range. Random weights enlarge rounding errors.
SIDES = (
    ('onnxruntime', 'float32', 1e-3),
    ('openvino', 'float32', 1e-3),
    ('openvino', 'bfloat16', 0.1),
    ('onnxruntime', 'int8', 0.5),
    ('openvino', 'int8', 0.5),
)
# the ratios to PyTorch at which the project aims
TARGETS = {('openvino', 'bfloat16'): 2.5, ('openvino', 'int8'): 3.5}
IMAGE = (480, 640)  # height, width


def measure(options: Options) -> Iterator[Row]:
    """Yield rows of the graph alone, then one from image to keypoints.

    The last rows have the large network in each backend and precision. Only
    the CPU is measured, because the onnxruntime of the default environment
    supports no other device.
    """
    if options.device != 'cpu':
        return
    torch.set_num_threads(THREADS)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, 'tiny.onnx')
        model = export_model(TINY, path, heatmaps=True, flip_test=False)
        for batch in (1, 8):
            yield measure_graph(model, path, batch, TINY, options)
        model = export_model(TINY, path)
        yield measure_crowd(model, OnnxPose(path, threads=THREADS), options)
        if not options.quick:
            path = Path(folder, 'large.onnx')
            model = export_model(LARGE, path, flip_test=False)
            yield from measure_backends(model, path, options)


def export_model(config: str, path: Path, **kwargs: bool) -> torch.nn.Module:
    """Export a shipped config with random weights, and return the model."""
    config = str(find_shipped(f'configs/{config}'))
    checkpoint = path.with_suffix('.pth')
    with contextlib.redirect_stdout(io.StringIO()):
        model = init_model(config, device='cpu').train()
        width, height = model.head.decoder.input_size
        # The norms get statistics of noise. Without them the heatmaps would
        # be almost flat.
        with torch.no_grad():
            model(torch.randn(4, 3, height, width), None)
        torch.save(dict(state_dict=model.state_dict(), meta={}), checkpoint)
        export_onnx(config, checkpoint, path, say=lambda line: None, **kwargs)
    return model.eval()


def measure_graph(
    model: torch.nn.Module,
    path: Path,
    batch: int,
    name: str,
    options: Options,
) -> Row:
    """Measure the graph alone, from crops to heatmaps."""
    threads = onnxruntime.SessionOptions()
    threads.intra_op_num_threads = THREADS
    session = onnxruntime.InferenceSession(path, threads)
    width, height = model.head.decoder.input_size
    random = np.random.default_rng(0)
    crops = random.integers(0, 256, (batch, height, width, 3), np.uint8)
    tensors = list(torch.from_numpy(crops).permute(0, 3, 1, 2))

    def eager() -> np.ndarray:
        data = dict(inputs=tensors, data_samples=[])
        with torch.no_grad():
            inputs = model.data_preprocessor(data)['inputs']
            return model(inputs, None).numpy()

    def ours() -> np.ndarray:
        return session.run(['heatmaps'], {'images': crops})[0]

    expected = eager()
    difference = np.abs(ours() - expected).max() / np.ptp(expected)
    seconds = take_turns(ours, eager, options)
    return Row(
        'onnxruntime, crops to heatmaps',
        f'{name[:-3]}, batch {batch}, {height}x{width}, float32, '
        f'{THREADS} threads',
        'eager PyTorch',
        batch / seconds[1],
        batch / seconds[0],
        'people/s',
        None,
        check_difference('heatmaps / range', difference, BOUND),
    )


def measure_backends(
    model: torch.nn.Module, path: Path, options: Options
) -> Iterator[Row]:
    """Measure each backend and precision, from a crop to keypoints."""
    width, height = model.head.decoder.input_size
    random = np.random.default_rng(0)
    crops = random.integers(0, 256, (20, height, width, 3), np.uint8)
    card = OnnxPose(path).card
    int8 = path.with_name('int8.onnx')
    shutil.copy(path, int8)
    quantise(int8, card, crops)
    tensors = list(torch.from_numpy(crops[:1]).permute(0, 3, 1, 2))

    def eager() -> np.ndarray:
        data = dict(inputs=tensors, data_samples=[])
        with torch.no_grad():
            inputs = model.data_preprocessor(data)['inputs']
            heatmaps = model(inputs, None)
            return model.head.decoder.batch_decode(heatmaps)[1][0]

    for backend, precision, bound in SIDES:
        graph = open_graph(
            int8 if precision == 'int8' else path, backend, precision, THREADS
        )
        expected = eager()
        difference = np.abs(graph(crops[:1])[1] - expected).max()
        difference /= np.ptp(expected)
        seconds = take_turns(
            functools.partial(graph, crops[:1]), eager, options
        )
        yield Row(
            f'{backend}, {precision}, a crop to keypoints',
            f'{LARGE[:-3]}, batch 1, {height}x{width}, {THREADS} threads',
            'eager PyTorch, float32',
            1e3 * seconds[1],
            1e3 * seconds[0],
            'ms',
            TARGETS.get((backend, precision)),
            check_difference('scores / range', difference, bound),
        )


def measure_crowd(
    model: torch.nn.Module, pose: OnnxPose, options: Options
) -> Row:
    """Measure the way from an image and its boxes to keypoints."""
    random = np.random.default_rng(0)
    image = random.integers(0, 256, (*IMAGE, 3), np.uint8)
    corners = random.random((PEOPLE, 2)) * 300
    boxes = np.hstack(
        [corners, corners + 20 + random.random((PEOPLE, 2)) * 150]
    )

    def theirs() -> np.ndarray:
        results = inference_topdown(model, image, boxes)
        return np.concatenate([r.pred_instances.keypoints for r in results])

    def ours() -> np.ndarray:
        return pose(image, boxes)[0]

    difference = np.abs(ours() - theirs()).max()
    seconds = take_turns(ours, theirs, options)
    height, width = IMAGE
    return Row(
        'OnnxPose, image and boxes to keypoints',
        f'{TINY[:-3]}, {PEOPLE} people, {width}x{height} image, flip test, '
        f'float32, {THREADS} threads',
        'inference_topdown',
        PEOPLE / seconds[1],
        PEOPLE / seconds[0],
        'people/s',
        None,
        check_difference('keypoints in pixels', difference, 0.1),
    )
