"""Comparisons of experiments under equal conditions."""

from .comparison import compare

__all__ = ['compare']
