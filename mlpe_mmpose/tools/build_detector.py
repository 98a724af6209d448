"""Chooses a detector of people by what a user names."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

# images (H, W, 3), uint8, BGR -> for each (N, 5), left, top, right, bottom in
# pixels, score
Detector = Callable[[Sequence[np.ndarray]], list[np.ndarray]]

TORCHVISION = 'torchvision:'
# as in MMPose's demo
DEFAULT_THRESHOLD = 0.3


def check_threshold(threshold: float) -> None:
    """Refuse a threshold that no score of a detector can have.

    Raises:
        ValueError: If it is not from 0 to 1.
    """
    if not 0 <= threshold <= 1:
        raise ValueError(
            f'--threshold={threshold} is compared with the scores of a '
            'detector, which are from 0 to 1. Give a number of that range.'
        )


def build_detector(
    detector: str,
    checkpoint: str | None = None,
    device: str = 'cpu',
    threshold: float = DEFAULT_THRESHOLD,
) -> Detector:
    """Build a detector of people.

    The detector is called with a list of images, (rows, columns, 3), uint8,
    BGR as ``cv2.imread`` gives them, and returns for each image an array
    (N, 5), float32: left, top, right, bottom in pixels, inside of the image,
    and score, the highest first. N is 0 where nobody is found.

    Args:
        detector (str): One of

            - an ONNX file, ``detector.onnx``, see :class:`OnnxDetector`
            - ``'torchvision:NAME'``, a detector of torchvision, as
              ``'torchvision:fasterrcnn_resnet50_fpn'``
            - the path of an MMDetection config, or a name that MMDetection
              knows, as ``'rtmdet_tiny_8xb32-300e_coco'``; most of its
              detectors need a compiled mmcv

        checkpoint (str, optional): Weights, for the last two. Defaults to
            those that torchvision or MMDetection download for the name; the
            path of a config needs them
        device (str): Where the detector runs; an ONNX file runs on the CPU.
            Defaults to ``'cpu'``
        threshold (float): Boxes with a lower score are left out. Defaults to
            0.3, as in MMPose's demo; from 0 to 1

    Returns:
        callable: The detector.

    Raises:
        FileNotFoundError: If a file is missing.
        OSError: If weights cannot be downloaded.
        ValueError: If the detector is unknown, does not fit its weights, or
            is a config without weights, the threshold is not from 0 to 1, or
            the device cannot be used.
        MissingPackageError: If a package is missing.
        RuntimeError: When the detector is called, if it needs an operator
            that mmcv-lite does not have; the message says what to do.
    """
    check_threshold(threshold)
    if checkpoint is not None and not Path(checkpoint).is_file():
        raise FileNotFoundError(
            f'build_detector: checkpoint={checkpoint!r}: no such file.'
        )
    if detector.endswith('.onnx'):
        from mlpe_mmpose.runtime import OnnxDetector

        if checkpoint is not None:
            raise ValueError(
                'build_detector: an ONNX file has its weights inside, got '
                f'checkpoint={checkpoint!r} for {detector}. Leave it out.'
            )
        return OnnxDetector(detector, threshold)
    # torch takes seconds to import, and an ONNX file does not need it
    from mlpe_mmpose.apis.device import check_device

    check_device(device)
    if detector.startswith(TORCHVISION):
        from mlpe_mmpose.apis.torchvision_detector import TorchvisionDetector

        name = detector.removeprefix(TORCHVISION)
        return TorchvisionDetector(name, checkpoint, device, threshold)
    if checkpoint is None and Path(detector).is_file():
        raise ValueError(
            f'build_detector: the config {detector} needs a checkpoint '
            '(--detector-checkpoint), without which its weights are random.'
        )
    from mlpe_mmpose.apis.mmdet_detector import MMDetDetector

    return MMDetDetector(detector, checkpoint, device, threshold)
