"""The networks that predict poses: with PyTorch, or an exported file."""

import dataclasses
import functools
import itertools
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from mlpe_mmpose.tools.drawing import BOX, read_colors

from .frames import Frame
from .skeletons import draw_frame

Painter = Callable[[Frame], np.ndarray]

# codecs whose score is the peak's height / 255 + 0.5
MEGVII_CODECS = ('MLPEHeatmap', 'MegviiHeatmap')
# keypoints below are not drawn: a peak of 0.15 * 255 for those codecs, for
# others the threshold of MMPose's demo
MEGVII_THRESHOLD, THRESHOLD = 0.5 + 0.15, 0.3


@dataclasses.dataclass(frozen=True)
class PoseModel:
    """Which network to use, and how; the fields can be sent to a process.

    Args:
        config (str, optional): Config of a top-down model
        checkpoint (str, optional): Its weights
        model (str, optional): A file of ``export``, instead of the config
        device (str): Where the network runs. Defaults to ``'cpu'``
        batch_size (int, optional): Largest number of people in a batch, and
            of images that wait for it. Defaults to 8 on the CPU, where more
            is not faster, and elsewhere to 32, as in the configs
        flip_test (bool, optional): Whether to average over the mirrored
            image. Defaults to what the config says
        cfg_options (dict, optional): Settings that replace the config's
        heatmaps (bool): Whether to draw the heatmaps of every level
        backend (str, optional): What runs ``model``, see :class:`OnnxPose`.
            Defaults to ``'onnxruntime'``
        precision (str, optional): What ``model`` computes in, see
            :class:`OnnxPose`. Defaults to the precision of the file
    """

    config: str | None = None
    checkpoint: str | None = None
    model: str | None = None
    device: str = 'cpu'
    batch_size: int | None = None
    flip_test: bool | None = None
    cfg_options: dict[str, Any] | None = None
    heatmaps: bool = False
    backend: str | None = None
    precision: str | None = None

    @property
    def on_gpu(self) -> bool:
        """Whether the network runs on a GPU."""
        if self.model is None:
            return self.device != 'cpu'
        return self.backend in ('cuda', 'tensorrt')

    def check(self) -> None:
        """Check that the fields fit together, before anything is loaded.

        Raises:
            OSError: If ``model`` cannot be read.
            ValueError: If the fields do not fit each other or ``model``.
        """
        if (self.model is None) == (self.config is None):
            raise ValueError(
                'predict needs --config and --checkpoint, or --model, got '
                f'config={self.config!r} and model={self.model!r}.'
            )
        if self.model is None:
            self._check_config()
        else:
            self._check_model()

    def _check_config(self) -> None:
        """Check that nothing is asked for that only a file of export can."""
        for name in ('backend', 'precision'):
            if getattr(self, name) is not None:
                raise ValueError(
                    f'--{name} says how to run a file of --model, got '
                    f'--config={self.config}, which PyTorch runs. Export the '
                    'model.'
                )

    def _check_model(self) -> None:
        """Check that the file can be run as the other fields say."""
        for name in ('checkpoint', 'flip_test', 'cfg_options'):
            if getattr(self, name) is not None:
                raise ValueError(
                    f'--{name.replace("_", "-")} changes a network of '
                    f'--config, got --model={self.model}, whose network is '
                    'fixed. Export the model again.'
                )
        if self.heatmaps:
            raise ValueError(
                '--heatmaps needs the levels of the network, got '
                f'--model={self.model}, which has keypoints only. Use '
                '--config and --checkpoint.'
            )
        # here, because a network of a config needs no onnxruntime
        from mlpe_mmpose.runtime import OnnxPose

        OnnxPose.read_card(self.model, **self.running())

    def running(self) -> dict[str, str]:
        """Return those arguments of :class:`OnnxPose` that are given."""
        given = dict(backend=self.backend, precision=self.precision)
        return {k: value for k, value in given.items() if value is not None}

    def load(self) -> 'TorchPose | ExportedPose':
        """Load the network.

        Raises:
            FileNotFoundError: If a file is missing.
            ValueError: If a file does not fit, see :class:`Predictor` and
                :class:`OnnxPose`.
        """
        self.check()
        return TorchPose(self) if self.model is None else ExportedPose(self)


class TorchPose:
    """A network of a config, run by :class:`Predictor`."""

    def __init__(self, spec: PoseModel) -> None:
        # here, because an exported model needs no torch
        from mlpe_mmpose.apis import Predictor

        size = spec.batch_size
        if size is None:
            size = 8 if spec.device == 'cpu' else 32
        self.predictor = Predictor(
            spec.config,
            spec.checkpoint,
            spec.device,
            size,
            flip_test=spec.flip_test,
            cfg_options=spec.cfg_options,
            # one batch waits while one runs
            read_ahead=size,
        )
        self.heatmaps = spec.heatmaps

    def painter(self) -> Painter:
        """Return the function that draws the skeletons."""
        model = self.predictor.model
        meta = model.dataset_meta
        codec = type(getattr(model.head, 'decoder', None)).__name__
        return functools.partial(
            draw_frame,
            links=meta['skeleton_links'],
            colors=read_colors(meta),
            threshold=_threshold(codec),
        )

    def predict(self, frames: Iterable[Frame]) -> Iterator[Frame]:
        """Predict the poses in the boxes of frames, in their order."""
        waiting: deque[Frame] = deque()

        def remember() -> Iterator[Frame]:
            for frame in frames:
                waiting.append(frame)
                yield frame

        first, second = itertools.tee(remember())
        samples = self.predictor(
            (frame.image for frame in first),
            (frame.boxes for frame in second),
        )
        for sample in samples:
            frame = waiting.popleft()
            people = sample.pred_instances
            frame.keypoints = people.keypoints
            frame.scores = people.keypoint_scores
            if self.heatmaps:
                frame.heatmaps = self._draw_heatmaps(frame)
            yield frame

    def _draw_heatmaps(self, frame: Frame) -> list[tuple[str, np.ndarray]]:
        """Draw the heatmaps of all people, one picture for each level."""
        from mlpe_mmpose.apis import predict_heatmaps
        from mlpe_mmpose.tools.drawing import draw_heatmaps_over

        if not len(frame.boxes):
            return []
        found = predict_heatmaps(self.predictor, frame.image, frame.boxes)
        return [
            (name, draw_heatmaps_over(frame.image, maps, found.areas))
            for name, maps in found.levels.items()
        ]


class ExportedPose:
    """A file of ``export``, run by :class:`OnnxPose` without torch."""

    def __init__(self, spec: PoseModel) -> None:
        from mlpe_mmpose.runtime import OnnxPose

        size = 8 if spec.batch_size is None else spec.batch_size
        self.pose = OnnxPose(spec.model, size, **spec.running())

    def painter(self) -> Painter:
        """Return the function that draws the skeletons."""
        card = self.pose.card
        return functools.partial(
            draw_frame,
            # files of version 0.1 do not name the links
            links=card.skeleton_links,
            colors=[BOX] * len(card.keypoint_names),
            threshold=_threshold(card.codec.partition('(')[0]),
        )

    def predict(self, frames: Iterable[Frame]) -> Iterator[Frame]:
        """Predict the poses in the boxes of frames, in their order."""
        for some in self._collect(frames):
            poses = self.pose.predict(
                [frame.image for frame in some],
                [frame.boxes[:, :4] for frame in some],
            )
            for frame, (keypoints, scores) in zip(some, poses, strict=True):
                frame.keypoints, frame.scores = keypoints, scores
                yield frame

    def _collect(self, frames: Iterable[Frame]) -> Iterator[list[Frame]]:
        """Yield lists of frames that fill a batch of the network."""
        some, people = [], 0
        for frame in frames:
            some.append(frame)
            people += len(frame.boxes)
            size = self.pose.batch_size
            if people >= size or len(some) >= size:
                yield some
                some, people = [], 0
        if some:
            yield some


def _threshold(codec: str) -> float:
    """Return the score from which on a keypoint is drawn."""
    return MEGVII_THRESHOLD if codec in MEGVII_CODECS else THRESHOLD
