"""Poses from an exported model: NumPy, OpenCV and onnxruntime, no torch."""

from mlpe_mmpose.optional import require

require('cv2', 'OnnxPose')

from .onnx_pose import OnnxPose  # noqa: E402

__all__ = ['OnnxPose']
