"""Predict poses with an exported model, without torch."""

from mlpe_mmpose.optional import require

require('cv2', 'OnnxPose')

from .onnx_pose import OnnxPose  # noqa: E402

__all__ = ['OnnxPose']
