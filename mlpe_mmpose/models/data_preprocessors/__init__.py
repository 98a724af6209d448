"""From the loader's batch to the network's input."""

from .fast_pose_data_preprocessor import FastPoseDataPreprocessor

__all__ = ['FastPoseDataPreprocessor']
