"""Importing this module registers every class of the package, once."""

from .compat import mmcv_ops
from .compat.diagnosis import explained

mmcv_ops.install()

with explained():
    # All that training imports of mmpose, before our classes: a failure of
    # the stack is met here, and not half a minute later in the runner.
    import mmpose.datasets
    import mmpose.engine
    import mmpose.evaluation
    import mmpose.models
    import mmpose.visualization  # noqa: F401

    from .codecs import MLPEHeatmap
    from .compat import (
        config_lookup,
        dataset_checks,
        pretrained_weights,
    )
    from .datasets.shared_storage_collate import shared_storage_collate
    from .datasets.transforms import (
        FastRandomBBoxTransform,
        FastRandomFlip,
        MarkOccludedKeypoints,
        RandomChannelGain,
    )
    from .engine.hooks import (
        ActivationCheckpointHook,
        ChannelsLastHook,
        CheckDataHook,
        CompileHook,
        DeferredLogHook,
        OHKMPickHook,
        PlainCheckpointHook,
    )
    from .evaluation.metrics import FastCocoMetric
    from .models import (
        FastPoseDataPreprocessor,
        MLPEHead,
        MLPENeck,
        MLPEOHKMLoss,
    )

config_lookup.install()
dataset_checks.install()
pretrained_weights.install()

__all__ = [
    'ActivationCheckpointHook',
    'ChannelsLastHook',
    'CheckDataHook',
    'CompileHook',
    'DeferredLogHook',
    'FastCocoMetric',
    'FastPoseDataPreprocessor',
    'FastRandomBBoxTransform',
    'FastRandomFlip',
    'MLPEHead',
    'MLPEHeatmap',
    'MLPENeck',
    'MLPEOHKMLoss',
    'MarkOccludedKeypoints',
    'OHKMPickHook',
    'PlainCheckpointHook',
    'RandomChannelGain',
    'shared_storage_collate',
]
