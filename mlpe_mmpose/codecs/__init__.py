"""Codecs: keypoints to heatmaps, and heatmaps to keypoints."""

from .mlpe_heatmap import MLPEHeatmap

__all__ = ['MLPEHeatmap']
