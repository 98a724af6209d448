"""What a program imports: inference, export, the demo."""

# first: its stand-in must precede mmpose, which these modules import
from .. import registration  # noqa: F401
from .fuse import fuse
from .predictor import Predictor

__all__ = ['Predictor', 'fuse']
