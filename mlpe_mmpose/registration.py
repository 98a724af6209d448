"""Importing this module registers every class of the package, once."""

# The classes are imported to be registered; `mlpe_mmpose` exports them.
# ruff: noqa: F401

from .compat import mmcv_ops
from .compat.diagnosis import explain_import_errors

mmcv_ops.install()

with explain_import_errors():
    # All parts of mmpose that a training needs are imported here, so that a
    # broken stack is found now, and not half a minute later in the runner.
    import mmpose.datasets
    import mmpose.engine
    import mmpose.evaluation
    import mmpose.models
    import mmpose.visualization

    from .codecs import MLPEHeatmap
    from .compat import (
        config_lookup,
        cpu_processes,
        dataset_checks,
        pretrained_weights,
        run_errors,
        safe_checkpoints,
    )
    from .datasets.shared_storage_collate import shared_storage_collate
    from .datasets.transforms import (
        CheckedLoadImage,
        FastRandomBBoxTransform,
        FastRandomFlip,
        MarkOccludedKeypoints,
        RandomChannelGain,
    )
    from .engine.hooks import (
        ActivationCheckpointHook,
        AtomicCheckpointHook,
        ChannelsLastHook,
        CheckDataHook,
        CompileHook,
        DeferredLogHook,
        NextStepHook,
        OHKMPickHook,
        PlainCheckpointHook,
        ProgressBarHook,
        RandomStateHook,
    )
    from .evaluation.metrics import FastCocoMetric
    from .models import (
        FastPoseDataPreprocessor,
        MLPEHead,
        MLPENeck,
        MLPEOHKMLoss,
    )

config_lookup.install()
cpu_processes.install()
dataset_checks.install()
pretrained_weights.install()
run_errors.install()
safe_checkpoints.install()
