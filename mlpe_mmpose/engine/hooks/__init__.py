"""Hooks of the runner."""

from .check_data_hook import CheckDataHook
from .plain_checkpoint_hook import PlainCheckpointHook

__all__ = ['CheckDataHook', 'PlainCheckpointHook']
