"""Hooks of the runner."""

from .activation_checkpoint_hook import ActivationCheckpointHook
from .channels_last_hook import ChannelsLastHook
from .check_data_hook import CheckDataHook
from .compile_hook import CompileHook
from .deferred_log_hook import DeferredLogHook
from .ohkm_pick_hook import OHKMPickHook
from .plain_checkpoint_hook import PlainCheckpointHook

__all__ = [
    'ActivationCheckpointHook',
    'ChannelsLastHook',
    'CheckDataHook',
    'CompileHook',
    'DeferredLogHook',
    'OHKMPickHook',
    'PlainCheckpointHook',
]
