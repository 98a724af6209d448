"""Read checkpoints without running code from them.

A checkpoint is a pickle, which can name any function to call on loading.
PyTorch's safe loader refuses such files, in a message of many lines that
recommends to switch it off. Before PyTorch 2.6 it is not the default.
"""

import os
import re
from pathlib import Path
from urllib.parse import urlsplit

import torch
from mmengine.runner import checkpoint
from torch import hub


def install() -> None:
    """Let MMEngine read files and addresses by :func:`load_from_local`."""
    checkpoint.CheckpointLoader.register_scheme(
        '', load_from_local, force=True
    )
    # `https://`, `torchvision://`, `open-mmlab://` and `mmcls://` end here
    checkpoint.load_url = load_from_url


# MMEngine logs the name of this function without its first ten characters.
def load_from_local(
    filename: str | os.PathLike,
    map_location: str | torch.device | None = None,
) -> dict:
    """Read a checkpoint, which may hold tensors and Python types only.

    Args:
        filename (str | PathLike): A local file
        map_location (str | torch.device, optional): As in
            :func:`torch.load`

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If the file is damaged or could run code, or holds no
            dict of weights.
    """
    path = os.path.expanduser(filename)
    if not os.path.isfile(path):
        raise FileNotFoundError(f'{path} is not a file.')
    try:
        content = torch.load(
            path, map_location=map_location, weights_only=True
        )
    except (MemoryError, torch.cuda.OutOfMemoryError):
        raise
    # a damaged file can raise any class of error in the loader
    except Exception as error:
        if getattr(error, 'filename', None):
            raise  # the file cannot be opened
        raise ValueError(
            f'The checkpoint {path!r} is not loaded: {_describe(error)}.'
        ) from error
    _refuse_other_content(path, content)
    return content


def load_from_url(
    url: str,
    model_dir: str | None = None,
    map_location: str | torch.device | None = None,
    progress: bool = True,
) -> dict:
    """Download a checkpoint, and read it as :func:`load_from_local`.

    PyTorch's own function reads what it has downloaded without a check.

    Args:
        url (str): The address, whose last part names the file
        model_dir (str, optional): The folder of the file, which is
            downloaded only once. Defaults to that of :mod:`torch.hub`
        map_location (str | torch.device, optional): As in
            :func:`torch.load`
        progress (bool): Whether to show the progress of the download

    Raises:
        OSError: If the file cannot be downloaded.
        ValueError: If the file is damaged or could run code, or holds no
            dict of weights.
    """
    folder = Path(model_dir or Path(hub.get_dir()) / 'checkpoints')
    path = folder / Path(urlsplit(url).path).name
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        hub.download_url_to_file(url, str(path), progress=progress)
    return load_from_local(path, map_location)


def _refuse_other_content(path: str, content: object) -> None:
    """Refuse a file without a dict of weights, where MMEngine fails."""
    weights, place = content, ''
    if isinstance(content, dict) and 'state_dict' in content:
        weights, place = content['state_dict'], " as 'state_dict'"
    if not isinstance(weights, dict):
        raise ValueError(
            f'The checkpoint {path!r} is not loaded: it holds a '
            f'{type(weights).__name__}{place}, and not a dict from the names '
            'of weights to tensors. Save what model.state_dict() returns.'
        )


def _describe(error: Exception) -> str:
    """Say why PyTorch's safe loader has refused a file."""
    text = str(error)
    # PyTorch 2.1 has other words
    if found := re.search(r'(?:GLOBAL|Unsupported class) (\S+)', text):
        return (
            f'it wants {found[1]} to be called or built, and so could run '
            'code. If you trust its source, keep its weights alone: '
            'torch.save(torch.load(IN, weights_only=False)["state_dict"], OUT)'
        )
    # PyTorch's first sentences recommend to switch its loader off
    _, _, reason = text.rpartition('WeightsUnpickler error:')
    reason = reason.strip().partition('\n')[0] or type(error).__name__
    return f'it is damaged or no checkpoint ({reason})'
