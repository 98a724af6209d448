"""The runtime of an exported model."""

from collections.abc import Sequence
from os import PathLike

import numpy as np

from mlpe_mmpose.optional import require

from . import crops
from .model_card import ModelCard


class OnnxPose:
    """Poses of people in boxes, from a file of ``mlpe_mmpose export``.

    Does what MMPose's ``inference_topdown`` does with the same model, for
    several images at once, and needs NumPy, OpenCV and onnxruntime only.
    The graph decodes, and averages over mirrored crops if it was exported
    so. All sizes and names come from the file; ``card`` shows them.

    Note:
        - person number: N
        - keypoint number: K

    Args:
        path (str | PathLike): The ``.onnx`` file
        batch_size (int): Most people in one call of the graph. Defaults to 16
        threads (int): Threads of one operator, 0 for one a core
        providers (Sequence[str]): Where to run, as onnxruntime names it,
            the best first

    Raises:
        ImportError: If onnxruntime is not installed.
        ValueError: If the file was not written by ``mlpe_mmpose export``,
            gives heatmaps, or needs crops as in UDP (2020).
    """

    def __init__(
        self,
        path: str | PathLike,
        batch_size: int = 16,
        threads: int = 0,
        providers: Sequence[str] = ('CPUExecutionProvider',),
    ) -> None:
        if batch_size < 1:
            raise ValueError(
                f'{self.__class__.__name__} needs batch_size to be at least '
                f'1, got {batch_size}.'
            )
        self.session = _open(path, threads, providers)
        properties = self.session.get_modelmeta().custom_metadata_map
        self.card = ModelCard.from_properties(properties)
        self.batch_size = batch_size
        self._check_usable(path)

    def __call__(
        self, image: np.ndarray, boxes: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Find the poses of an image's people; see :meth:`predict`."""
        (poses,) = self.predict([image], [boxes])
        return poses

    def predict(
        self, images: Sequence[np.ndarray], boxes: Sequence[np.ndarray]
    ) -> list[tuple[np.ndarray, np.ndarray]]:
        """Find the poses of several images' people, batched over all.

        Args:
            images (Sequence[np.ndarray]): Each (rows, columns, 3), uint8,
                BGR as ``cv2.imread`` gives it
            boxes (Sequence[np.ndarray]): For each image (N, 4): left, top,
                right, bottom in pixels; N may be 0

        Returns:
            list[tuple]: For each image

            - keypoints (np.ndarray): (N, K, 2), (x, y) in image pixels
            - scores (np.ndarray): (N, K), peak height / 255 + 0.5

        Raises:
            ValueError: If an image or a box is none; nothing was run then.
        """
        boxes = _checked(images, boxes)
        size = self.card.input_size
        people = np.concatenate([np.empty((0, 4)), *boxes])
        centers, scales = crops.padded_boxes(people, size, self.card.padding)
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
            keypoints[some], scores[some] = self.session.run(
                ['keypoints', 'scores'], {'images': np.stack(batch)}
            )
        keypoints = crops.to_image(keypoints, centers, scales, size)
        ends = np.cumsum([len(b) for b in boxes])
        parts = [
            slice(end - len(b), end)
            for b, end in zip(boxes, ends, strict=True)
        ]
        return [(keypoints[part], scores[part]) for part in parts]

    def _check_usable(self, path: str | PathLike) -> None:
        """Refuse a file that takes or gives something else."""
        name = self.__class__.__name__
        if self.card.output != 'keypoints':
            raise ValueError(
                f'{name} needs a file that gives keypoints, got '
                f'{self.card.output} of {self.card.codec} in {path}. Export '
                'the model again without --heatmaps, or decode the heatmaps '
                'in your own program.'
            )
        if self.card.use_udp:
            raise ValueError(
                f'{name} does not crop as in UDP, with which {path} was '
                'trained. Crop in your own program.'
            )


def _open(path: str | PathLike, threads: int, providers: Sequence[str]):
    """An inference session of onnxruntime."""
    onnxruntime = require('onnxruntime', 'OnnxPose')
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    return onnxruntime.InferenceSession(
        str(path), options, providers=list(providers)
    )


def _checked(
    images: Sequence[np.ndarray], boxes: Sequence[np.ndarray]
) -> list[np.ndarray]:
    """The boxes as (N, 4) each, after a look at all that was given."""
    if len(images) != len(boxes):
        raise ValueError(
            'OnnxPose.predict needs boxes for each image, got '
            f'{len(boxes)} sets of boxes for {len(images)} images.'
        )
    checked = []
    for i, (image, given) in enumerate(zip(images, boxes, strict=True)):
        if getattr(image, 'dtype', None) != np.uint8 or image.shape[2:] != (
            3,
        ):
            raise ValueError(
                'OnnxPose needs images (rows, columns, 3) of uint8, got '
                f'{getattr(image, "dtype", type(image).__name__)} '
                f'{getattr(image, "shape", "")} as image {i}.'
            )
        rows = np.asarray(given, float)
        rows = rows.reshape(0, 4) if rows.size == 0 else rows
        if rows.ndim != 2 or rows.shape[1] != 4:
            raise ValueError(
                'OnnxPose needs boxes (N, 4), left, top, right, bottom, got '
                f'shape {rows.shape} for image {i}.'
            )
        sound = np.isfinite(rows).all(1) & (rows[:, 2:] > rows[:, :2]).all(1)
        if not sound.all():
            worst = sound.argmin()
            raise ValueError(
                'OnnxPose needs boxes with right > left and bottom > top, '
                f'got {rows[worst].tolist()}, box {worst} of image {i}.'
            )
        checked.append(rows)
    return checked
