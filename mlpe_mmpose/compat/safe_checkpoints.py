"""Read checkpoints without running code from them.

A checkpoint is a pickle, which can name any function to call on loading.
PyTorch's safe loader refuses such files, in a message of many lines that
recommends to switch it off. Before PyTorch 2.6 it is not the default.
"""

import os
import re

import torch
from mmengine.runner.checkpoint import CheckpointLoader


def install() -> None:
    """Let MMEngine read local files by :func:`load_from_local`."""
    CheckpointLoader.register_scheme('', load_from_local, force=True)


# MMEngine logs the name of this function without its first ten characters.
def load_from_local(
    filename: str | os.PathLike,
    map_location: str | torch.device | None = None,
) -> object:
    """Read a checkpoint, which may hold tensors and Python types only.

    Args:
        filename (str | PathLike): A local file
        map_location (str | torch.device, optional): As in
            :func:`torch.load`

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If the file is damaged or could run code.
    """
    path = os.path.expanduser(filename)
    if not os.path.isfile(path):
        raise FileNotFoundError(f'{path} is not a file.')
    try:
        return torch.load(path, map_location=map_location, weights_only=True)
    except (MemoryError, torch.cuda.OutOfMemoryError):
        raise
    # a damaged file can raise any class of error in the loader
    except Exception as error:
        if getattr(error, 'filename', None):
            raise  # the file cannot be opened
        raise ValueError(
            f'The checkpoint {path!r} is not loaded: {_describe(error)}.'
        ) from error


def _describe(error: Exception) -> str:
    """Say why PyTorch's safe loader has refused a file."""
    text = str(error)
    if found := re.search(r'GLOBAL (\S+)', text):
        return (
            f'it wants {found[1]} to be called or built, and so could run '
            'code. If you trust its source, keep its weights alone: '
            'torch.save(torch.load(IN, weights_only=False)["state_dict"], OUT)'
        )
    reason = text.strip().partition('\n')[0] or type(error).__name__
    return f'it is damaged or no checkpoint ({reason})'
