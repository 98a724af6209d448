"""Detect people and predict poses with exported models, without torch."""

from mlpe_mmpose.optional import require

require('cv2', 'OnnxPose')

from .onnx_detector import OnnxDetector  # noqa: E402
from .onnx_pose import OnnxPose  # noqa: E402

__all__ = ['OnnxDetector', 'OnnxPose']
