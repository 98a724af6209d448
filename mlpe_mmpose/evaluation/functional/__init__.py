"""Suppression by object keypoint similarity (OKS)."""

from .nms import oks_nms

__all__ = ['oks_nms']
