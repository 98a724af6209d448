"""Losses on heatmaps."""

from .mlpe_ohkm_loss import MLPEOHKMLoss

__all__ = ['MLPEOHKMLoss']
