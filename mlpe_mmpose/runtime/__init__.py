"""Poses from an exported model: NumPy, OpenCV and onnxruntime, no torch."""

from .onnx_pose import OnnxPose

__all__ = ['OnnxPose']
