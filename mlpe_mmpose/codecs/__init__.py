"""Keypoints <-> heatmaps, both directions."""

from .mlpe_heatmap import MLPEHeatmap
from .unbiased_mlpe_heatmap import UnbiasedMLPEHeatmap

__all__ = ['MLPEHeatmap', 'UnbiasedMLPEHeatmap']
