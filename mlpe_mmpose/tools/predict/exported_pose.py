"""An exported network, for `predict`."""

import functools
from collections.abc import Iterable, Iterator

from mlpe_mmpose.runtime import OnnxPose
from mlpe_mmpose.tools.drawing import BOX

from .frames import Frame
from .pose_model import PoseModel
from .skeletons import Painter, choose_threshold, draw_frame


class ExportedPose:
    """A file of ``export``, run by :class:`OnnxPose` without torch."""

    def __init__(self, spec: PoseModel) -> None:
        options = spec.backend_options()
        self.pose = OnnxPose(spec.model, spec.largest_batch, **options)

    def painter(self) -> Painter:
        """Return the function that draws the skeletons."""
        card = self.pose.card
        return functools.partial(
            draw_frame,
            # files of version 0.1 do not name the links
            links=card.skeleton_links,
            colors=[BOX] * len(card.keypoint_names),
            threshold=choose_threshold(card.codec.partition('(')[0]),
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
