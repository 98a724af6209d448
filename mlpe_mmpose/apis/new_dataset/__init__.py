"""Metainfo and config for a data set of one's own."""

from .init_dataset import init_dataset

__all__ = ['init_dataset']
