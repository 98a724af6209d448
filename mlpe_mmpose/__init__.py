"""MLPE, the multi-level human pose network, for MMPose.

Importing the package registers its classes in MMPose's registries; that is
what ``custom_imports = dict(imports=['mlpe_mmpose'])`` in a config does.
"""

import importlib.util
import sys
from typing import TYPE_CHECKING

from .version import __version__ as __version__

if TYPE_CHECKING:
    from .codecs import MLPEHeatmap
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
        TorchvisionKeypointRCNN,
    )

# everything that the package registers
__all__ = [
    'ActivationCheckpointHook',
    'AtomicCheckpointHook',
    'ChannelsLastHook',
    'CheckDataHook',
    'CheckedLoadImage',
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
    'NextStepHook',
    'OHKMPickHook',
    'PlainCheckpointHook',
    'ProgressBarHook',
    'RandomChannelGain',
    'RandomStateHook',
    'TorchvisionKeypointRCNN',
    'shared_storage_collate',
]


def __getattr__(name: str) -> object:
    """Import the registered classes when the first of them is asked for."""
    if name not in __all__:
        raise AttributeError(f'module {__name__!r} has no attribute {name!r}')
    from .registration import HOMES

    return next(getattr(home, name) for home in HOMES if hasattr(home, name))


def __dir__() -> list[str]:
    """List the classes, whether they have been imported or not."""
    return sorted({*globals(), *__all__})


def _started_as_program() -> bool:
    """Whether this import comes from ``python -m mlpe_mmpose``."""
    # While Python looks for the module to run, argv[0] is '-m', and the rest
    # of sys.argv is the end of sys.orig_argv.
    if sys.argv[:1] != ['-m']:
        return False
    module = sys.orig_argv[-len(sys.argv)].removeprefix('-m')
    return module.partition('.')[0] == __name__


# Two cases register nothing at the import. `python -m mlpe_mmpose` must start
# where the stack is broken (`doctor`) and start fast (`synth`); the verbs that
# need the classes import `mlpe_mmpose.registration`. Without torch there are
# no registries, and `mlpe_mmpose.runtime` needs none.
if not _started_as_program() and importlib.util.find_spec('torch'):
    from . import registration  # noqa: F401
