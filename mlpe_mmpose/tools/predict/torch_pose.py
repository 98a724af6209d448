"""The network of a config, for `predict`."""

import functools
import itertools
from collections import deque
from collections.abc import Iterable, Iterator

import numpy as np

from mlpe_mmpose.apis import Predictor, predict_heatmaps
from mlpe_mmpose.apis.level_heatmaps import name_levels
from mlpe_mmpose.tools.drawing import draw_heatmaps_over
from mlpe_mmpose.tools.output_keypoints import read_output_keypoints

from .frames import Frame
from .pose_model import PoseModel
from .skeletons import Painter, choose_threshold, draw_frame


class TorchPose:
    """A network of a config, run by :class:`Predictor`."""

    def __init__(self, spec: PoseModel) -> None:
        size = spec.largest_batch
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
        head = self.predictor.model.head
        self.level_names = name_levels(head)
        if self.heatmaps and not self.level_names:
            raise ValueError(
                '--heatmaps needs a head that predicts heatmaps, got '
                f'{type(head).__name__} of {spec.config}.'
            )

    def painter(self) -> Painter:
        """Return the function that draws the skeletons."""
        model = self.predictor.model
        keypoints = read_output_keypoints(model)
        codec = type(getattr(model.head, 'decoder', None)).__name__
        return functools.partial(
            draw_frame,
            links=keypoints.links,
            colors=keypoints.colors,
            threshold=choose_threshold(codec),
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
        """Draw the heatmaps of all people, one picture for each level.

        A frame without people has pictures too, which keeps the videos of the
        levels as long as the video of the skeletons.
        """
        of_nobody, areas = np.empty((0, 1, 1, 1)), np.empty((0, 4))
        levels = dict.fromkeys(self.level_names, of_nobody)
        if len(frame.boxes):
            found = predict_heatmaps(self.predictor, frame.image, frame.boxes)
            levels, areas = found.levels, found.areas
        return [
            (name, draw_heatmaps_over(frame.image, maps, areas))
            for name, maps in levels.items()
        ]
