"""Convert MMEngine's objects to types that PyTorch's safe loader reads."""

from collections import OrderedDict, deque
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from mmengine.logging import HistoryBuffer

# Compared exactly: np.float64 is a subclass of float, but it is not plain.
PLAIN_TYPES = {
    type(None),
    bool,
    int,
    float,
    str,
    bytes,
    torch.Tensor,
    torch.nn.Parameter,
}
# key of the values of a history buffer
HISTORY = 'log_history'


def is_plain(value: Any) -> bool:
    """Whether a value holds tensors and Python types only."""
    if type(value) in (dict, OrderedDict):
        return all(map(is_plain, value)) and all(map(is_plain, value.values()))
    if type(value) in (list, tuple):
        return all(map(is_plain, value))
    return type(value) in PLAIN_TYPES


def to_plain(value: Any, name: str, left_out: list[str]) -> Any:
    """Convert a value to tensors and Python types only.

    Args:
        value (Any): A part of a checkpoint
        name (str): Name of the part, for ``left_out``
        left_out (list[str]): Receives the names of objects that cannot be
            converted

    Returns:
        Any: The value itself if it is plain, so that a state dict keeps its
        metadata. NumPy arrays become tensors, and history buffers become
        dictionaries. An unknown object becomes ``None`` in a sequence and is
        missing in a dictionary.
    """
    if is_plain(value):
        return value
    if isinstance(value, np.ndarray) and value.dtype.kind in 'biuf':
        return torch.from_numpy(value.copy())
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, HistoryBuffer):
        log_history, count_history = value.data
        return {
            HISTORY: torch.tensor(log_history, dtype=torch.float64),
            'count_history': torch.tensor(count_history, dtype=torch.float64),
            'max_length': value.max_length,
        }
    if isinstance(value, Mapping):
        items = {
            to_plain(key, f'{name} key', left_out): to_plain(
                item, f'{name}.{key}', left_out
            )
            for key, item in value.items()
        }
        missing = {key for key in items if f'{name}.{key}' in left_out}
        return {k: v for k, v in items.items() if k not in missing}
    if isinstance(value, (list, tuple, set, deque)):
        copies = [
            to_plain(item, f'{name}[{index}]', left_out)
            for index, item in enumerate(value)
        ]
        return tuple(copies) if isinstance(value, tuple) else copies
    left_out.append(name)
    return None


def from_plain(value: Any) -> Any:
    """Undo :func:`to_plain` in a checkpoint's ``meta`` or ``message_hub``.

    Args:
        value (Any): A return value of :func:`to_plain`

    Returns:
        Any: The value with history buffers and NumPy arrays. MMEngine puts no
        tensors in these two parts, so every tensor was an array.
    """
    if isinstance(value, torch.Tensor):
        return value.cpu().numpy()
    if isinstance(value, Mapping):
        if HISTORY in value:
            return HistoryBuffer(
                **{k: from_plain(v) for k, v in value.items()}
            )
        return type(value)((k, from_plain(v)) for k, v in value.items())
    if isinstance(value, (list, tuple)):
        return type(value)(from_plain(item) for item in value)
    return value
