"""The network: neck, head, losses and the layers they share."""

from .data_preprocessors import FastPoseDataPreprocessor
from .heads import MLPEHead
from .losses import MLPEOHKMLoss
from .necks import MLPENeck
from .pose_estimators import TorchvisionKeypointRCNN

__all__ = [
    'FastPoseDataPreprocessor',
    'MLPEHead',
    'MLPENeck',
    'MLPEOHKMLoss',
    'TorchvisionKeypointRCNN',
]
