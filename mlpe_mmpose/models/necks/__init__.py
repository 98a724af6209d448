"""The coarse-to-fine path."""

from .mlpe_neck import MLPENeck

__all__ = ['MLPENeck']
