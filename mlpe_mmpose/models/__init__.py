"""The network: neck, head, losses and the layers they share."""

from .heads import MLPEHead
from .losses import MLPEOHKMLoss
from .necks import MLPENeck

__all__ = ['MLPEHead', 'MLPENeck', 'MLPEOHKMLoss']
