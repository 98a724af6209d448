"""Generated people in COCO's format; needs neither torch nor MMPose."""

from .generator import generate_dataset
from .plan import DatasetSummary

__all__ = ['DatasetSummary', 'generate_dataset']
