"""The network: neck, head, losses and the layers they share."""

from .data_preprocessors import FastPoseDataPreprocessor
from .heads import MLPEHead
from .losses import MLPEOHKMLoss
from .necks import MLPENeck

__all__ = [
    'FastPoseDataPreprocessor',
    'MLPEHead',
    'MLPENeck',
    'MLPEOHKMLoss',
]
