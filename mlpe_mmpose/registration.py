"""Importing this module registers every class of the package, once."""

# Most modules are imported for what their import does.
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

    from . import codecs, models
    from .compat import (
        associative_embedding,
        config_lookup,
        cpu_processes,
        dataset_checks,
        flip_test,
        half_precision,
        language_models,
        pretrained_weights,
        run_errors,
        safe_checkpoints,
        swin_windows,
        visualizer,
    )
    from .datasets import shared_storage_collate, transforms
    from .engine import hooks
    from .evaluation import metrics

# Modules that have the registered classes; `mlpe_mmpose` looks for them here.
HOMES = (codecs, shared_storage_collate, transforms, hooks, metrics, models)

associative_embedding.install()
config_lookup.install()
cpu_processes.install()
dataset_checks.install()
flip_test.install()
half_precision.install()
language_models.install()
pretrained_weights.install()
run_errors.install()
safe_checkpoints.install()
swin_windows.install()
visualizer.install()
