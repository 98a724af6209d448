"""Transforms of the data pipeline."""

from .mark_occluded_keypoints import MarkOccludedKeypoints

__all__ = ['MarkOccludedKeypoints']
