"""Hooks of the runner."""

from .activation_checkpoint_hook import ActivationCheckpointHook
from .atomic_checkpoint_hook import AtomicCheckpointHook
from .channels_last_hook import ChannelsLastHook
from .check_data_hook import CheckDataHook
from .compile_hook import CompileHook
from .deferred_log_hook import DeferredLogHook
from .next_step_hook import NextStepHook
from .ohkm_pick_hook import OHKMPickHook
from .plain_checkpoint_hook import PlainCheckpointHook
from .progress_bar_hook import ProgressBarHook
from .random_state_hook import RandomStateHook

__all__ = [
    'ActivationCheckpointHook',
    'AtomicCheckpointHook',
    'ChannelsLastHook',
    'CheckDataHook',
    'CompileHook',
    'DeferredLogHook',
    'NextStepHook',
    'OHKMPickHook',
    'PlainCheckpointHook',
    'ProgressBarHook',
    'RandomStateHook',
]
