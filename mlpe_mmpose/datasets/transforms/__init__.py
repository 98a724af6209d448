"""Transforms of the data pipeline."""

from .mark_occluded_keypoints import MarkOccludedKeypoints
from .random_channel_gain import RandomChannelGain

__all__ = ['MarkOccludedKeypoints', 'RandomChannelGain']
