"""Transforms of the data pipeline."""

from .checked_load_image import CheckedLoadImage
from .fast_random_bbox_transform import FastRandomBBoxTransform
from .fast_random_flip import FastRandomFlip
from .mark_occluded_keypoints import MarkOccludedKeypoints
from .random_channel_gain import RandomChannelGain

__all__ = [
    'CheckedLoadImage',
    'FastRandomBBoxTransform',
    'FastRandomFlip',
    'MarkOccludedKeypoints',
    'RandomChannelGain',
]
