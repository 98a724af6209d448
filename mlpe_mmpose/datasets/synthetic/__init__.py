"""Generated people in COCO's format; needs neither torch nor MMPose."""

from .generator import DatasetSummary, generate_dataset

__all__ = ['DatasetSummary', 'generate_dataset']
