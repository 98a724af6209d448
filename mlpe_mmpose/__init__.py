"""MLPE, the multi-level human pose network, for MMPose."""

from .version import __version__

__all__ = ['__version__']
