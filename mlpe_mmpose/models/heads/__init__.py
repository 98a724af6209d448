"""Level predictions and the fine-tuning network."""

from .mlpe_head import MLPEHead

__all__ = ['MLPEHead']
