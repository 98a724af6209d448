"""Predict poses with an exported model."""

from collections.abc import Sequence
from os import PathLike

import numpy as np

from . import crops
from .backends import check_precision, open_graph
from .inputs import check_boxes, check_image, pair_boxes
from .model_card import ModelCard
from .onnx_file import read_properties


class OnnxPose:
    """Predict poses in given boxes with a file of ``mlpe_mmpose export``.

    The results are those of MMPose's ``inference_topdown`` with the same
    model, for several images at once. The class needs only NumPy, OpenCV and
    onnxruntime or OpenVINO. The graph decodes, and averages over mirrored
    crops if it was exported with the flip test. ``card`` has all sizes and
    names.

    Note:
        - person number: N
        - keypoint number: K

    Args:
        path (str | PathLike): The ``.onnx`` file
        batch_size (int): Largest number of boxes in one call of the graph.
            Defaults to 16
        threads (int): Threads of one operator; 0 for one for each core.
            Defaults to 0
        backend (str): ``'onnxruntime'`` or ``'openvino'`` on the CPU, or
            ``'cuda'`` or ``'tensorrt'``, which are onnxruntime on an NVIDIA
            GPU. Defaults to ``'onnxruntime'``
        precision (str, optional): ``'float32'``; ``'bfloat16'``, with
            OpenVINO or TensorRT; or ``'int8'``, for a file of ``export
            --int8``. Defaults to the precision of the file

    Raises:
        ImportError: If the package of the backend is not installed.
        OSError: If the file cannot be read.
        ValueError: If the file was not written by ``mlpe_mmpose export``,
            has tensors in a file outside its own folder, returns heatmaps,
            or needs crops as in UDP (2020); or if backend, precision and file
            do not fit each other.
        RuntimeError: If the machine does not have what the backend needs.
    """

    def __init__(
        self,
        path: str | PathLike,
        batch_size: int = 16,
        threads: int = 0,
        backend: str = 'onnxruntime',
        precision: str | None = None,
    ) -> None:
        name = self.__class__.__name__
        if batch_size < 1:
            raise ValueError(
                f'{name} needs batch_size to be at least 1, got {batch_size}.'
            )
        self.card = self.read_card(path, backend, precision)
        self.batch_size = batch_size
        precision = self.card.precision if precision is None else precision
        self._run = open_graph(path, backend, precision, threads)
        self._arguments = path, batch_size, threads, backend, precision

    def __reduce__(self) -> tuple:
        """Let another process open the file anew, as after pickling."""
        return type(self), self._arguments

    @classmethod
    def read_card(
        cls,
        path: str | PathLike,
        backend: str = 'onnxruntime',
        precision: str | None = None,
    ) -> ModelCard:
        """Read the card of a file, and check it, without loading the model.

        Args:
            path (str | PathLike): The ``.onnx`` file
            backend (str): As for the class. Defaults to ``'onnxruntime'``
            precision (str, optional): As for the class

        Raises:
            OSError, ValueError: As for the class.
        """
        card = ModelCard.from_properties(read_properties(path))
        cls._check_usable(card, path)
        of_file = card.precision
        precision = of_file if precision is None else precision
        check_precision(cls.__name__, backend, precision, of_file)
        return card

    def __call__(
        self, image: np.ndarray, boxes: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Predict the poses in the boxes of one image; see :meth:`predict`."""
        (poses,) = self.predict([image], [boxes])
        return poses

    def predict(
        self, images: Sequence[np.ndarray], boxes: Sequence[np.ndarray]
    ) -> list[tuple[np.ndarray, np.ndarray]]:
        """Predict the poses in the boxes of several images, in batches.

        Args:
            images (Sequence[np.ndarray]): Each (rows, columns, 3), uint8,
                BGR as ``cv2.imread`` gives it
            boxes (Sequence[np.ndarray]): For each image (N, 4): left, top,
                right, bottom in pixels; N may be 0. ``None`` stands for
                one box, the whole image. A fifth column, the scores of the
                boxes, is ignored

        Returns:
            list[tuple]: For each image

            - keypoints (np.ndarray): (N, K, 2), (x, y) in image pixels
            - scores (np.ndarray): (N, K), peak height / 255 + 0.5

        Raises:
            ValueError: If an image or a box is not as above. The graph has not
                been run then.
        """
        boxes = self._check_inputs(images, boxes)
        size = self.card.input_size
        people = np.concatenate([np.empty((0, 4), np.float32), *boxes])
        centers, scales = crops.pad_boxes(people, size, self.card.padding)
        owner = np.repeat(np.arange(len(boxes)), [len(b) for b in boxes])

        num_keypoints = len(self.card.keypoint_names)
        keypoints = np.empty((len(people), num_keypoints, 2))
        scores = np.empty((len(people), num_keypoints), np.float32)
        for start in range(0, len(people), self.batch_size):
            some = slice(start, start + self.batch_size)
            batch = [
                crops.crop(images[i], center, scale, size)
                for i, center, scale in zip(
                    owner[some], centers[some], scales[some], strict=True
                )
            ]
            keypoints[some], scores[some] = self._run(np.stack(batch))
        keypoints = crops.to_image(keypoints, centers, scales, size)
        ends = np.cumsum([len(b) for b in boxes], dtype=int)
        # the last part, after all images, is empty
        parts = zip(
            np.split(keypoints, ends), np.split(scores, ends), strict=True
        )
        return list(parts)[:-1]

    def _check_inputs(
        self, images: Sequence[np.ndarray], boxes: Sequence[np.ndarray]
    ) -> list[np.ndarray]:
        """Check images and boxes; return the boxes of each image, (N, 4)."""
        name = self.__class__.__name__
        checked = []
        pairs = pair_boxes(name, images, boxes)
        for number, (image, found) in enumerate(pairs):
            check_image(name, number, image)
            height, width = image.shape[:2]
            if max(height, width) > crops.MAX_SIDE:
                raise ValueError(
                    f'{name} crops images of sides up to {crops.MAX_SIDE} '
                    f'pixels, got images[{number}] of {width}x{height}. Cut '
                    'the image into parts.'
                )
            rows, _ = check_boxes(name, number, found, (height, width))
            checked.append(rows)
        return checked

    @classmethod
    def _check_usable(cls, card: ModelCard, path: str | PathLike) -> None:
        """Refuse a file with another output, or crops as in UDP (2020)."""
        if card.output != 'keypoints':
            raise ValueError(
                f'{cls.__name__} needs a file that gives keypoints, got '
                f'{card.output} of {card.codec} in {path}. Export the model '
                'again without --heatmaps, or decode the heatmaps in your '
                'own program.'
            )
        if card.use_udp:
            raise ValueError(
                f'{cls.__name__} does not crop as in UDP, with which {path} '
                'was trained. Crop in your own program.'
            )
