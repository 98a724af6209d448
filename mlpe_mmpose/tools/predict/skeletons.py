"""Draws the predicted people into an image."""

import cv2
import numpy as np

from mlpe_mmpose.runtime.model_card import ModelCard
from mlpe_mmpose.tools.drawing import draw_skeleton

from .frames import Frame

# our choice: the longer side of an image, divided by this, is the radius of
# a keypoint, so that pictures of every size look alike
SIDE_PER_RADIUS = 250
TEXT_COLOR = (255, 255, 255)
COLOR = (60, 200, 240)  # BGR


class MMPosePainter:
    """Draw with MMPose's visualizer, in the colours of the data set.

    Args:
        dataset_meta (dict): The model's ``dataset_meta``
        threshold (float): Keypoints with a lower score are not drawn
    """

    def __init__(self, dataset_meta: dict, threshold: float) -> None:
        from mmpose.visualization import PoseLocalVisualizer

        self.visualizer = PoseLocalVisualizer(name='predict')
        self.visualizer.set_dataset_meta(dataset_meta)
        self.threshold = threshold

    def __call__(self, frame: Frame) -> np.ndarray:
        """Return the image with its people, (H, W, 3), BGR."""
        from mmengine.structures import InstanceData
        from mmpose.structures import PoseDataSample

        sample = PoseDataSample()
        if len(frame.keypoints):
            sample.pred_instances = InstanceData(
                keypoints=frame.keypoints,
                keypoints_visible=frame.scores,
                bboxes=frame.boxes[:, :4],
            )
        radius = _radius(frame.image)
        self.visualizer.radius = radius
        self.visualizer.line_width = max(radius // 2, 1)
        drawn = self.visualizer.add_datasample(
            'predict',
            frame.image[..., ::-1],
            sample,
            draw_gt=False,
            draw_bbox=True,
            kpt_thr=self.threshold,
        )
        picture = np.ascontiguousarray(drawn[..., ::-1])
        _draw_track_ids(picture, frame)
        return picture


class CardPainter:
    """Draw with OpenCV alone.

    Args:
        card (ModelCard): What is known of the exported model; files of older
            versions do not name the links between keypoints
        threshold (float): Keypoints with a lower score are not drawn
    """

    def __init__(self, card: ModelCard, threshold: float) -> None:
        self.links = card.skeleton_links
        self.threshold = threshold

    def __call__(self, frame: Frame) -> np.ndarray:
        """Return the image with its people, (H, W, 3), BGR."""
        picture = frame.image.copy()
        radius = _radius(picture)
        people = zip(frame.boxes, frame.keypoints, frame.scores, strict=True)
        for box, keypoints, scores in people:
            left, top, right, bottom = box[:4].round().astype(int).tolist()
            cv2.rectangle(picture, (left, top), (right, bottom), COLOR, 1)
            draw_skeleton(
                picture,
                keypoints,
                scores >= self.threshold,
                self.links,
                [COLOR] * len(keypoints),
                radius,
                max(radius // 2, 1),
            )
        _draw_track_ids(picture, frame)
        return picture


def _radius(image: np.ndarray) -> int:
    """Return the radius of a keypoint in pixels."""
    return max(2, round(max(image.shape[:2]) / SIDE_PER_RADIUS))


def _draw_track_ids(picture: np.ndarray, frame: Frame) -> None:
    """Write the number of each tracked person above the box."""
    if frame.track_ids is None:
        return
    scale = _radius(picture) / 6
    for box, number in zip(frame.boxes, frame.track_ids, strict=True):
        if number >= 0:
            place = int(box[0]), max(int(box[1]) - 4, 12)
            for color, width in ((0, 0, 0), 3), (TEXT_COLOR, 1):
                cv2.putText(
                    picture, f'{number}', place, 0, scale, color, width
                )
