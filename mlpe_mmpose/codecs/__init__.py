"""Keypoints <-> heatmaps, both directions."""

from .mlpe_heatmap import MLPEHeatmap

__all__ = ['MLPEHeatmap']
