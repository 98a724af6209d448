"""Whole networks of others, which MMPose's runner trains and tests."""

from .torchvision_keypoint_rcnn import TorchvisionKeypointRCNN

__all__ = ['TorchvisionKeypointRCNN']
