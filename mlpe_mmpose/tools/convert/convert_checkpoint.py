"""Convert published checkpoints for the configs of this package."""

import os
import shlex
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import torch
from mmengine.config import Config
from mmengine.registry import DefaultScope
from mmpose.models import build_pose_estimator
from torch import Tensor

from mlpe_mmpose.compat.safe_checkpoints import load_from_local
from mlpe_mmpose.version import __version__

from ..output_file import check_output, write_then_check
from .converted_config import INPUT_SIZES, write_converted_config
from .original_names import (
    NUM_LEVELS,
    find_parts,
    is_unused,
    map_modules,
    rename,
)

# Convolutions over the joined maps of all levels. The originals join them from
# the coarsest to the finest, the model here from the finest to the coarsest.
_JOINED = (
    'head.refine_network.fuse.conv1.weight',
    'head.refine_network.fuse.downsample.0.weight',
)
# PyTorch 0.4.0, with which pytorch-cpn began, does not save these counters.
_COUNTER = '.num_batches_tracked'


def convert_state_dict(
    state_dict: Mapping[str, Tensor], source: str
) -> dict[str, Tensor]:
    """Rename the parameters of an original network, and reorder two of them.

    The model here then computes the same heatmaps from the same input. The
    originals normalise the input in another way, see
    :func:`write_converted_config`.

    Args:
        state_dict (Mapping[str, Tensor]): State dict of the authors' release
            of MLPE (ResNeSt-50 or -101) or of pytorch-cpn (ResNet-50 or
            -101), for the 17 keypoints of COCO. All names may begin with
            ``module.``
        source (str): ``'mlpe'`` or ``'cpn'``

    Returns:
        dict[str, Tensor]: All parameters and buffers of the model of
        :func:`write_converted_config`; all but two are the given tensors.
        The layers that the release builds and never uses are left out: its
        classifier and three laterals.

    Raises:
        ValueError: If the source is unknown, or a name or a shape is missing
            or unknown. The message lists all of them.
    """
    given = {name.removeprefix('module.'): t for name, t in state_dict.items()}
    parts = find_parts(source, given)
    modules = map_modules(source, parts)
    model = _build_meta_model(source, depth_of(given))
    wanted = {rename(name, modules): name for name in model}
    misfits = [
        f'unknown: {name}'
        for name in given
        if name not in wanted and not is_unused(name, source, parts)
    ]
    for name, ours in wanted.items():
        shape = tuple(model[ours].shape)
        if name in given and tuple(given[name].shape) != shape:
            misfits.append(
                f'shape: {name} is {tuple(given[name].shape)}, needs to be '
                f'{shape}'
            )
        elif name not in given and not name.endswith(_COUNTER):
            misfits.append(f'missing: {name}')
    if misfits:
        raise ValueError(
            f'{len(misfits)} parameters do not fit the network of '
            f'source={source!r}:\n' + '\n'.join(misfits)
        )
    converted = {
        ours: given.get(name, torch.tensor(0)) for name, ours in wanted.items()
    }
    for name in _JOINED:
        levels = converted[name].unflatten(1, (NUM_LEVELS, -1))
        converted[name] = levels.flip(1).flatten(1, 2)
    return converted


def unused_names(names: Iterable[str], source: str) -> list[str]:
    """List the names that :func:`convert_state_dict` leaves out."""
    names = [name.removeprefix('module.') for name in names]
    parts = find_parts(source, names)
    return [name for name in names if is_unused(name, source, parts)]


def depth_of(names: Iterable[str]) -> int:
    """Return the depth of the backbone, 50 or 101.

    The third stage of the backbone has 6 blocks or 23.
    """
    return 101 if any('resnet.layer3.6.' in name for name in names) else 50


def convert_checkpoint(
    in_file: str | os.PathLike,
    out_file: str | os.PathLike,
    source: str,
    input_size: str,
    force: bool = False,
    say: Callable[[str], None] = print,
) -> tuple[Path, Path]:
    """Convert a checkpoint file, and write its config beside the result.

    Args:
        in_file (str | PathLike): A file of ``torch.save`` with a state dict,
            or with a dict that has a state dict as ``'state_dict'``
        out_file (str | PathLike): The file of weights to write. The file of
            the config has the same name, but ends in ``.py``
        source (str): ``'mlpe'`` or ``'cpn'``
        input_size (str): Height x width of the crops in training,
            ``'256x192'`` or ``'384x288'``. It cannot be read from the
            weights, which predict worse with the other input size
        force (bool): Whether to replace files that exist
        say (callable): Takes each line of the report: what was done, and how
            to use the files. Defaults to ``print``

    Returns:
        tuple:
        - weights (Path): The file of weights
        - config (Path): The file of the config

    Raises:
        OSError: If a file cannot be read or written, or exists.
        ValueError: If ``in_file`` has other contents. Nothing is written
            then.
    """
    out_file = Path(out_file)
    config_file = out_file.with_suffix('.py')
    _check_outputs(out_file, config_file, force)
    state_dict = _read_state_dict(Path(in_file))
    converted = convert_state_dict(state_dict, source)
    text = write_converted_config(source, depth_of(state_dict), input_size)
    with (
        write_then_check(out_file) as weights,
        write_then_check(config_file) as config,
    ):
        meta = dict(converted_from=source, mlpe_mmpose=__version__)
        torch.save(dict(state_dict=converted, meta=meta), weights)
        config.write_text(text)
    say(f'{out_file}: {len(converted)} tensors')
    dropped = unused_names(state_dict, source)
    if dropped:
        say(f'left out, as the original never uses them: {", ".join(dropped)}')
    say(f'{config_file}: their config, for crops of {input_size}; to test it:')
    command = ['mim', 'test', 'mmpose', str(config_file), '-C', str(out_file)]
    say('  ' + shlex.join(command))
    return out_file, config_file


def _check_outputs(out_file: Path, config_file: Path, force: bool) -> None:
    """Reject paths at which nothing can or may be written."""
    if out_file == config_file:
        raise ValueError(
            f'{out_file} would be the name of both weights and config; choose '
            'a name that does not end in .py.'
        )
    for path in (out_file, config_file):
        check_output(path)
        if path.exists() and not force:
            raise FileExistsError(f'{path} exists; --force replaces it.')


def _build_meta_model(source: str, depth: int) -> dict[str, Tensor]:
    """Return the state dict of the config's model, without any values."""
    text = write_converted_config(source, depth, INPUT_SIZES[0])
    config = Config.fromstring(text, '.py')
    with (
        DefaultScope.overwrite_default_scope('mmpose'),
        torch.device('meta'),
    ):
        return build_pose_estimator(config.model).state_dict()


def _read_state_dict(path: Path) -> dict[str, Tensor]:
    """Read the state dict of a file with PyTorch's safe loader."""
    checkpoint = load_from_local(path, 'cpu')
    checkpoint = checkpoint.get('state_dict', checkpoint)
    if not all(
        isinstance(name, str) and isinstance(value, Tensor)
        for name, value in checkpoint.items()
    ):
        raise ValueError(
            f'{path} holds no state dict: a dict of names and tensors, or one '
            "with such a dict as 'state_dict', is needed."
        )
    return checkpoint
