"""Mask R-CNN with keypoints, which is torchvision's."""

from collections.abc import Sequence

import numpy as np
import torch
from mmengine.model import BaseModel, initialize
from mmengine.structures import InstanceData
from mmpose.registry import MODELS
from mmpose.structures import PoseDataSample
from mmpose.utils.typing import OptConfigType, OptSampleList
from torch import Tensor, nn
from torchvision.models.detection.backbone_utils import resnet_fpn_backbone
from torchvision.models.detection.keypoint_rcnn import (
    KeypointRCNN,
    KeypointRCNNHeads,
    KeypointRCNNPredictor,
)
from torchvision.ops import FrozenBatchNorm2d

PERSON = 1  # 0 is the background


@MODELS.register_module()
class TorchvisionKeypointRCNN(BaseModel):
    """Train and test torchvision's Keypoint R-CNN by MMPose's runner.

    `Mask R-CNN`_ (2017) with keypoints: ``keypointrcnn_resnet50_fpn`` with its
    losses and its weights' names, below ``detector``. It resizes and
    normalizes the images itself, so that the pipeline of a data set with
    ``data_mode='bottomup'`` only loads, flips and packs them. As in
    torchvision, a backbone with published weights keeps its norms, its stem
    and its first stage as they are.

    Note:
        - people in an image: N
        - keypoint number: K

    Args:
        backbone (dict): ``depth`` of torchvision's ResNet, and ``init_cfg``,
            its published weights. Defaults to ResNet-50 from random weights
        num_keypoints (int): K. Defaults to 17
        keypoint_layers (Sequence[int]): Channels of each layer of the head
            for keypoints. Defaults to torchvision's
        data_preprocessor (dict, optional): Defaults to MMEngine's, which
            moves the images and leaves them apart
        **kwargs: Arguments of torchvision's ``KeypointRCNN``, such as
            ``min_size`` and ``max_size``, to which an image is resized

    .. _`Mask R-CNN`: https://arxiv.org/abs/1703.06870
    """

    def __init__(
        self,
        backbone: dict = dict(depth=50),
        num_keypoints: int = 17,
        keypoint_layers: Sequence[int] = (512,) * 8,
        data_preprocessor: OptConfigType = None,
        **kwargs: object,
    ) -> None:
        super().__init__(data_preprocessor)
        self.weights = backbone.get('init_cfg')
        features = resnet_fpn_backbone(
            backbone_name=f'resnet{backbone["depth"]}',
            weights=None,
            norm_layer=FrozenBatchNorm2d if self.weights else nn.BatchNorm2d,
            trainable_layers=3 if self.weights else 5,
        )
        head = KeypointRCNNHeads(features.out_channels, keypoint_layers)
        self.detector = KeypointRCNN(
            features,
            num_classes=2,
            keypoint_head=head,
            keypoint_predictor=KeypointRCNNPredictor(
                keypoint_layers[-1], num_keypoints
            ),
            **kwargs,
        )

    def init_weights(self) -> None:
        """Load the published weights of the backbone, if there are any."""
        if self.weights:
            initialize(self.detector.backbone.body, self.weights)

    def forward(
        self,
        inputs: Sequence[Tensor],
        data_samples: OptSampleList = None,
        mode: str = 'tensor',
    ) -> dict[str, Tensor] | list:
        """Compute losses or predictions.

        Args:
            inputs (Sequence[Tensor]): Images, each (3, h, w) of its own size,
                BGR in 0 to 255
            data_samples (list[PoseDataSample], optional): Their people
            mode (str): ``'loss'``, ``'predict'`` or ``'tensor'``

        Returns:
            dict | list: torchvision's losses by name; or the data samples
            with ``pred_instances``, see :meth:`add_predictions`; or
            torchvision's own detections.
        """
        # torchvision's images are RGB in 0 to 1
        images = [image.flip(0).float() / 255 for image in inputs]
        if mode == 'loss':
            device = images[0].device
            people = [read_people(sample, device) for sample in data_samples]
            return self.detector(images, people)
        detections = self.detector(images)
        if mode == 'tensor':
            return detections
        return self.add_predictions(detections, data_samples)

    def add_predictions(
        self, detections: list[dict[str, Tensor]], data_samples: OptSampleList
    ) -> list[PoseDataSample]:
        """Put detections into the data samples as ``pred_instances``.

        These are ``bboxes`` (N, 4), left, top, right, bottom, and
        ``keypoints`` (N, K, 2), all in pixels of the image; ``bbox_scores``
        (N,) and ``keypoint_scores`` (N, K) in 0 to 1. The score of a keypoint
        is the sigmoid of torchvision's, which has no bounds.
        """
        for found, sample in zip(detections, data_samples, strict=True):
            scores = found['keypoints_scores'].sigmoid()
            values = dict(
                bboxes=found['boxes'],
                bbox_scores=found['scores'],
                keypoints=found['keypoints'][..., :2],
                keypoint_scores=scores,
                keypoints_visible=scores,
            )
            sample.pred_instances = InstanceData(
                **{key: value.cpu().numpy() for key, value in values.items()}
            )
        return data_samples


def read_people(
    sample: PoseDataSample, device: torch.device
) -> dict[str, Tensor]:
    """Return the people of an image as torchvision's losses want them.

    Left out are crowds, and boxes without an area. People without labelled
    keypoints stay, to be found by their boxes.

    Returns:
        dict: ``boxes`` (N, 4), left, top, right, bottom; ``labels`` (N,), all
        1; ``keypoints`` (N, K, 3), x, y, visibility in 0 and 1.
    """
    people = sample.gt_instances
    boxes, visible = people.bboxes, people.keypoints_visible
    crowds = [bool(a.get('iscrowd')) for a in sample.raw_ann_info]
    kept = (boxes[:, 2:] > boxes[:, :2]).all(1) & ~np.array(crowds, bool)
    keypoints = np.concatenate([people.keypoints, visible[..., None]], -1)
    return dict(
        boxes=torch.as_tensor(boxes[kept], device=device),
        labels=torch.full((kept.sum(),), PERSON, device=device),
        keypoints=torch.as_tensor(keypoints[kept], device=device).float(),
    )
