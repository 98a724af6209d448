"""Object keypoint similarity: suppression by it, and of all pairs."""

from .nms import oks_nms, soft_oks_nms
from .oks import image_oks

__all__ = ['image_oks', 'oks_nms', 'soft_oks_nms']
