"""The keys of a config that have an effect."""

import inspect


def list_keys_that_are_read() -> set[str]:
    """Return the names at a config's top level that the stack reads.

    All other names are variables that only helped to write the config:
    changing them in a finished config changes nothing.

    Returns:
        set[str]: What MMEngine's Runner, MMPose's scripts and its
        MMPoseInferencer read, and ``codec``, which this package reads.
    """
    from mmengine.runner import Runner

    return {
        *inspect.signature(Runner).parameters,
        # the Runner reads these from its argument `cfg`
        *('compile', 'efficient_conv_bn_eval', 'find_unused_parameters'),
        *('model_wrapper_cfg', 'resource_limit', 'sync_bn'),
        *('auto_scale_lr', 'backend_args', 'codec', 'custom_imports'),
        # MMPoseInferencer reads these
        *('data_mode', 'dataset_type'),
    }
