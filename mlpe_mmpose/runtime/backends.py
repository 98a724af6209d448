"""Open an exported graph with onnxruntime or OpenVINO."""

import functools
import threading
from collections.abc import Callable, Mapping
from os import PathLike, fspath
from typing import TYPE_CHECKING

import numpy as np

from mlpe_mmpose.optional import require

if TYPE_CHECKING:
    import openvino
    from onnxruntime import InferenceSession

# backend -> execution providers of onnxruntime, the preferred one first
PROVIDERS = {
    'onnxruntime': ('CPUExecutionProvider',),
    'cuda': ('CUDAExecutionProvider', 'CPUExecutionProvider'),
    'tensorrt': (
        'TensorrtExecutionProvider',
        'CUDAExecutionProvider',
        'CPUExecutionProvider',
    ),
}
BACKENDS = (*PROVIDERS, 'openvino')
PRECISIONS = ('float32', 'bfloat16', 'int8')
# these can compute a float32 file in bfloat16
_WITH_BFLOAT16 = ('openvino', 'tensorrt')

# from crops (B, h, w, 3) to keypoints (B, K, 2) and scores (B, K)
Graph = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]


def check_precision(
    owner: str, backend: str, precision: str, of_file: str
) -> None:
    """Check that a backend can run a file in a precision.

    Args:
        owner (str): Class that the messages name
        backend (str): One of ``BACKENDS``
        precision (str): One of ``PRECISIONS``
        of_file (str): Precision of the file, ``'float32'`` or ``'int8'``

    Raises:
        ValueError: If the backend or the precision is unknown, or they do not
            fit each other and the file.
    """
    if backend not in BACKENDS:
        raise ValueError(
            f'{owner} needs backend to be one of {BACKENDS}, got '
            f'backend={backend!r}.'
        )
    if precision not in PRECISIONS:
        raise ValueError(
            f'{owner} needs precision to be one of {PRECISIONS}, got '
            f'precision={precision!r}.'
        )
    if (precision == 'int8') != (of_file == 'int8'):
        raise ValueError(
            f'{owner} got precision={precision!r} for a file of {of_file}. '
            'Export the model again, with --int8 for int8 and without it for '
            'the others.'
        )
    if precision == 'bfloat16' and backend not in _WITH_BFLOAT16:
        raise ValueError(
            f"{owner} computes with precision='bfloat16' only in a backend "
            f'of {_WITH_BFLOAT16}, got backend={backend!r}.'
        )


def open_graph(
    path: str | PathLike, backend: str, precision: str, threads: int
) -> Graph:
    """Open a file that gives keypoints and scores.

    Args:
        path (str | PathLike): The ``.onnx`` file
        backend (str): One of ``BACKENDS``
        precision (str): As :func:`check_precision` accepts it
        threads (int): Threads of one operator; 0 for one for each core

    Returns:
        callable: Runs the graph: crops (B, h, w, 3), uint8, to keypoints
        (B, K, 2) and scores (B, K).

    Raises:
        ImportError: If the package of the backend is not installed.
        RuntimeError: If the machine does not have what the backend needs.
        ValueError: If onnxruntime cannot run the file.
    """
    if backend == 'openvino':
        return _open_in_openvino(path, precision, threads)
    return _open_in_onnxruntime(path, backend, precision, threads)


def _open_in_onnxruntime(
    path: str | PathLike, backend: str, precision: str, threads: int
) -> Graph:
    """Open a file with the execution providers of a backend."""
    wanted, *others = PROVIDERS[backend]
    settings = {}
    if backend == 'tensorrt':
        settings = dict(
            trt_bf16_enable=precision == 'bfloat16',
            trt_int8_enable=precision == 'int8',
        )
    owner = f'OnnxPose with backend={backend!r}'
    providers = {wanted: settings, **{key: {} for key in others}}
    session = open_session(owner, path, providers, threads)
    return lambda crops: tuple(
        session.run(['keypoints', 'scores'], {'images': crops})
    )


def open_session(
    owner: str,
    path: str | PathLike,
    providers: Mapping[str, Mapping],
    threads: int,
) -> 'InferenceSession':
    """Open a file with onnxruntime.

    Args:
        owner (str): Class that the messages name
        path (str | PathLike): The ``.onnx`` file
        providers (dict): Execution provider -> its settings. The first one
            has to start; onnxruntime takes the others for what the first
            cannot run
        threads (int): Threads of one operator; 0 for one for each core

    Raises:
        ImportError: If onnxruntime is not installed.
        RuntimeError: If this machine does not have the first provider.
        ValueError: If onnxruntime cannot run the file.
    """
    onnxruntime = require('onnxruntime', owner)
    wanted = next(iter(providers))
    available = onnxruntime.get_available_providers()
    if wanted not in available:
        raise RuntimeError(
            f'{owner} needs {wanted}, and this onnxruntime has '
            f'{", ".join(available)}. Install onnxruntime-gpu in place of '
            'onnxruntime.'
        )
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    try:
        session = onnxruntime.InferenceSession(
            fspath(path), options, providers=list(providers.items())
        )
    except Exception as error:  # onnxruntime's classes have no other base
        raise ValueError(
            f'{owner}: onnxruntime cannot run {path}: {error}'
        ) from error
    # onnxruntime falls back to the next provider without an error
    if session.get_providers()[0] != wanted:
        raise RuntimeError(
            f'{owner} needs {wanted}, which does not start on this machine. '
            'The messages above name the missing library.'
        )
    return session


_opening = threading.Lock()


@functools.cache
def _open_core() -> 'openvino.Core':
    """Return the one entry to OpenVINO of this process.

    Each takes over the stack on which Python handles signals. Of two entries
    that are closed in the order in which they were opened, OpenVINO 2026.4
    leaves a stack that is gone: the next signal would end the process.
    """
    return require('openvino', "OnnxPose with backend='openvino'").Core()


def _open_in_openvino(
    path: str | PathLike, precision: str, threads: int
) -> Graph:
    """Open a file on the CPU with OpenVINO."""
    with _opening:  # the cache alone lets two threads open it at once
        core = _open_core()
    known = core.get_property('CPU', 'OPTIMIZATION_CAPABILITIES')
    if precision == 'bfloat16' and 'BF16' not in known:
        raise RuntimeError(
            "OnnxPose with precision='bfloat16' needs a processor that "
            f'computes in bfloat16, and this one has {", ".join(known)}.'
        )
    model = core.compile_model(
        fspath(path),
        'CPU',
        {
            # By default, OpenVINO chooses bfloat16 on some processors. Of an
            # int8 file, the layers without 8-bit weights stay in float32.
            'INFERENCE_PRECISION_HINT': (
                'bf16' if precision == 'bfloat16' else 'f32'
            ),
            'INFERENCE_NUM_THREADS': threads,
        },
    )

    # a request holds the outputs of one call: each thread has its own
    own = threading.local()

    def run(crops: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        if not hasattr(own, 'request'):
            own.request = model.create_infer_request()
        outputs = own.request.infer({'images': crops})
        return outputs['keypoints'], outputs['scores']

    return run
