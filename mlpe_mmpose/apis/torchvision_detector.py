"""Detect people with a detector of torchvision, which needs no compiler."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torchvision.models import detection as detectors
from torchvision.models import get_model, get_model_weights, list_models

from mlpe_mmpose.compat.safe_checkpoints import load_from_local
from mlpe_mmpose.runtime.onnx_detector import keep_boxes

PERSON = 1  # the label of people in COCO and in torchvision; 0 is background
COCO_CLASSES = 91  # of torchvision's weights, with the background
# With its weights of COCO, torchvision sets the eps of these backbones' norms
# to 0, because those weights were trained without it
WITHOUT_EPS = (
    'fasterrcnn_resnet50_fpn',
    'keypointrcnn_resnet50_fpn',
    'maskrcnn_resnet50_fpn',
    'retinanet_resnet50_fpn',
)


class TorchvisionDetector:
    """Detect people with Faster R-CNN, RetinaNet, FCOS, SSD of torchvision.

    The operators that these detectors need are in torchvision, so that they
    run beside mmcv-lite.

    Args:
        name (str): Name of the detector, as ``'fasterrcnn_resnet50_fpn'``;
            ``torchvision.models.list_models(torchvision.models.detection)``
            lists them
        checkpoint (str, optional): File with a state dict, or with a dict
            that has one as ``'model'`` (as torchvision's training script
            writes) or ``'state_dict'``. The number of classes is read from
            it; people are class 1. Defaults to torchvision's own weights of
            COCO, which are downloaded
        device (str): Where the detector runs. Defaults to ``'cpu'``
        threshold (float): Boxes with a lower score are left out. Defaults to
            0.3, as in MMPose's demo

    Raises:
        OSError: If the weights cannot be downloaded.
        ValueError: If there is no such detector, or the checkpoint is of
            another, or is no checkpoint.
    """

    def __init__(
        self,
        name: str,
        checkpoint: str | None = None,
        device: str = 'cpu',
        threshold: float = 0.3,
    ) -> None:
        known = list_models(detectors)
        if name not in known:
            raise ValueError(
                f'{self.__class__.__name__} needs the name of a detector of '
                f'torchvision, got {name!r}. It has {", ".join(known)}.'
            )
        if checkpoint is None:
            model = _download(name)
        else:
            model = _load(name, checkpoint)
        self.model = model.eval().requires_grad_(False).to(device)
        self.device = device
        self.threshold = threshold

    @torch.no_grad()
    def __call__(self, images: Sequence[np.ndarray]) -> list[np.ndarray]:
        """Detect the people of images; see :class:`OnnxDetector`."""
        inputs = [
            torch.from_numpy(np.ascontiguousarray(image[..., ::-1]))
            .to(self.device)
            .permute(2, 0, 1)
            .float()
            / 255
            for image in images
        ]
        found = []
        for image, result in zip(images, self.model(inputs), strict=True):
            people = result['labels'] == PERSON
            rows = torch.cat([result['boxes'], result['scores'][:, None]], 1)[
                people
            ]
            found.append(keep_boxes(rows.cpu().numpy(), self.threshold, image))
        return found


def _download(name: str) -> nn.Module:
    """Build a detector with torchvision's own weights."""
    try:
        return get_model(name, weights='DEFAULT')
    except OSError as error:
        raise OSError(
            f'the weights of torchvision:{name} could not be downloaded: '
            f'{error}. Download {get_model_weights(name).DEFAULT.url} '
            'elsewhere, and give the file as detector checkpoint '
            '(--detector-checkpoint).'
        ) from error


def _load(name: str, checkpoint: str) -> nn.Module:
    """Build a detector with as many classes as its checkpoint has."""
    state = load_from_local(checkpoint, 'cpu')
    for key in ('model', 'state_dict'):
        state = state.get(key, state) if isinstance(state, dict) else None
    if not state or not all(isinstance(v, Tensor) for v in state.values()):
        raise ValueError(
            f'{checkpoint} holds no state dict of torchvision:{name}.'
        )
    model = _build(name, COCO_CLASSES)
    classes = COCO_CLASSES
    for key, weight in model.state_dict().items():
        if key in state and state[key].shape != weight.shape:
            # Only layers that classify depend on the number of classes, and
            # their width is proportional to it.
            classes = COCO_CLASSES * len(state[key]) // len(weight)
            model = _build(name, classes)
            break
    try:
        model.load_state_dict(state)
    except RuntimeError as error:
        raise ValueError(
            f'{checkpoint} does not fit torchvision:{name} with {classes} '
            f'classes: {error}'
        ) from error
    # the file that torchvision would download, by its name, which has a hash
    published = Path(get_model_weights(name).DEFAULT.url).name
    if name in WITHOUT_EPS and Path(checkpoint).name == published:
        for norm in model.backbone.modules():
            if isinstance(norm, nn.BatchNorm2d):
                norm.eps = torch.finfo(torch.float32).tiny  # 0 is refused
    return model


def _build(name: str, classes: int) -> nn.Module:
    """Build a detector without downloading anything."""
    return get_model(
        name, weights=None, weights_backbone=None, num_classes=classes
    )
