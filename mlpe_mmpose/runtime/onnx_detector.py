"""Detect people with an ONNX file."""

import json
from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from .backends import open_session
from .inputs import check_image
from .onnx_file import read_properties

if TYPE_CHECKING:
    from onnxruntime import NodeArg

# what MMDetection pads with
PAD_VALUE = 114


class OnnxDetector:
    """Detect people with an ONNX file as MMDeploy writes it.

    The format, which published RTMDet and YOLOX files have:

    - input: (1, 3, h, w), float32, BGR. The image is scaled to fit, and lies
      in the upper left corner; the rest is 114. h and w are fixed in the file
    - first output, ``dets``: (1, N, 5), left, top, right, bottom in pixels of
      the input, and score, after the suppression of overlaps
    - second output, ``labels``: (1, N), the category, 0 for people; may be
      missing if there are only people
    - metadata, ``mean`` and ``std``: JSON lists of three numbers, BGR, with
      which the input is normalised; without them it is 0 to 255

    Args:
        path (str | PathLike): The file
        threshold (float): Boxes with a lower score are left out. Defaults to
            0.3, as in MMPose's demo
        threads (int): Threads of one operator; 0 for one for each core.
            Defaults to 0
        providers (Sequence[str]): Execution providers of onnxruntime, the
            preferred one first. Defaults to the CPU

    Raises:
        FileNotFoundError: If there is no such file.
        ImportError: If onnxruntime is not installed.
        RuntimeError: If this machine does not have the first provider.
        ValueError: If the file has another format, or has tensors in a file
            outside its own folder.
    """

    def __init__(
        self,
        path: str | PathLike,
        threshold: float = 0.3,
        threads: int = 0,
        providers: Sequence[str] = ('CPUExecutionProvider',),
    ) -> None:
        name = self.__class__.__name__
        if not Path(path).is_file():
            raise FileNotFoundError(f'{name}: {path}: no such file.')
        # also refuses a file that names others outside its folder
        card = read_properties(path)
        self.session = open_session(
            name, path, {key: {} for key in providers}, threads
        )
        self.threshold = threshold
        self.input = self._check_input(path)
        self.input_size = self.input.shape[3], self.input.shape[2]
        self.mean = np.array(json.loads(card.get('mean', '[0, 0, 0]')), 'f4')
        self.std = np.array(json.loads(card.get('std', '[1, 1, 1]')), 'f4')
        self._check_outputs(path)

    def __call__(self, images: Sequence[np.ndarray]) -> list[np.ndarray]:
        """Detect the people of several images.

        Args:
            images (Sequence[np.ndarray]): Each (rows, columns, 3), uint8, BGR

        Returns:
            list[np.ndarray]: For each image (N, 5), float32: left, top,
            right, bottom in pixels, inside of the image, and score, the
            highest first.

        Raises:
            ValueError: If an image is anything else.
        """
        for number, image in enumerate(images):
            check_image(self.__class__.__name__, number, image)
        return [self._detect(image) for image in images]

    def _check_input(self, path: str | PathLike) -> 'NodeArg':
        """Return the input of the file, or refuse the file."""
        name = self.__class__.__name__
        found, *others = self.session.get_inputs()
        shape, kind = found.shape, found.type
        if (
            others
            or len(shape) != 4
            or shape[1] != 3
            # a batch of any size has a name, or None, instead of a number
            or (isinstance(shape[0], int) and shape[0] != 1)
            or kind != 'tensor(float)'
        ):
            raise ValueError(
                f'{name} needs a file with one input (1, 3, h, w) of '
                f'tensor(float), which is float32, got {shape} of {kind} and '
                f'{len(others)} others in {path}. Export it so.'
            )
        if not all(isinstance(side, int) for side in shape[2:]):
            raise ValueError(
                f'{name} needs a file with a fixed height and width of the '
                f'input, got {shape} in {path}. Export it with a static '
                'shape.'
            )
        return found

    def _check_outputs(self, path: str | PathLike) -> None:
        """Refuse a file whose outputs have other shapes.

        The file is run once, as it may not tell the shapes.
        """
        width, height = self.input_size
        dets, *labels = self._run(np.zeros((height, width, 3), np.uint8))
        shapes = [array.shape for array in (dets, *labels[:1])]
        boxes = dets.ndim == 3 and dets.shape[::2] == (1, 5)
        if not boxes or any(shape != dets.shape[:2] for shape in shapes[1:]):
            raise ValueError(
                f'{self.__class__.__name__} needs a file whose first output '
                'is (1, N, 5), boxes and scores without overlaps, and whose '
                f'second, if any, is (1, N), categories, got {shapes} in '
                f'{path}. Export the detector with MMDeploy.'
            )

    def _run(self, padded: np.ndarray) -> list[np.ndarray]:
        """Return the outputs for an image (h, w, 3) of the input's size."""
        data = ((padded - self.mean) / self.std).transpose(2, 0, 1)[None]
        return self.session.run(None, {self.input.name: data})

    def _detect(self, image: np.ndarray) -> np.ndarray:
        """Detect the people of one image."""
        rows, columns = image.shape[:2]
        width, height = self.input_size
        ratio = min(width / columns, height / rows)
        size = [max(round(side * ratio), 1) for side in (columns, rows)]
        padded = np.full((height, width, 3), PAD_VALUE, np.uint8)
        padded[: size[1], : size[0]] = cv2.resize(image, size)
        dets, *labels = self._run(padded)
        boxes = dets[0].astype(np.float32)
        if labels:
            boxes = boxes[labels[0][0] == 0]
        boxes[:, [0, 2]] *= columns / size[0]
        boxes[:, [1, 3]] *= rows / size[1]
        return keep_boxes(boxes, self.threshold, image)


def keep_boxes(
    boxes: np.ndarray, threshold: float, image: np.ndarray
) -> np.ndarray:
    """Cut boxes at the border of the image, and leave out bad ones.

    Args:
        boxes (np.ndarray): (N, 5), left, top, right, bottom in pixels, score
        threshold (float): Boxes with a lower score are left out
        image (np.ndarray): The image, (H, W, 3)

    Returns:
        np.ndarray: (M, 5), float32, the highest score first; without boxes
        that have no area, or are not finite.
    """
    boxes = boxes[np.isfinite(boxes).all(1)].astype(np.float32)
    boxes[:, [0, 2]] = boxes[:, [0, 2]].clip(0, image.shape[1])
    boxes[:, [1, 3]] = boxes[:, [1, 3]].clip(0, image.shape[0])
    good = (boxes[:, 4] >= threshold) & (boxes[:, 2:4] > boxes[:, :2]).all(1)
    boxes = boxes[good]
    return boxes[np.argsort(-boxes[:, 4], kind='stable')]
