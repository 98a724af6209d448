"""Importing this module registers every class of the package, once."""

from .compat import mmcv_ops
from .compat.diagnosis import explained

mmcv_ops.install()

with explained():
    # mmpose before our classes, so that a failure of the stack is met here
    # whichever of them comes first.
    import mmpose.registry  # noqa: F401

    from .codecs import MLPEHeatmap
    from .datasets.transforms import MarkOccludedKeypoints, RandomChannelGain
    from .engine.hooks import CheckDataHook, PlainCheckpointHook
    from .models import MLPEHead, MLPENeck, MLPEOHKMLoss

__all__ = [
    'CheckDataHook',
    'MLPEHead',
    'MLPEHeatmap',
    'MLPENeck',
    'MLPEOHKMLoss',
    'MarkOccludedKeypoints',
    'PlainCheckpointHook',
    'RandomChannelGain',
]
