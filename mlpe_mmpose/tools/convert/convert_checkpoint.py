"""Published checkpoints, as our configs' models load them."""

import os
import shlex
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import torch
from mmengine.config import Config
from mmengine.registry import DefaultScope
from mmpose.models import build_pose_estimator
from torch import Tensor

from mlpe_mmpose.shipped import find_shipped
from mlpe_mmpose.version import __version__

from ..output_file import check_output, kept_if_good
from .original_names import NUM_LEVELS, SOURCES, OriginalNames

# below `configs/`, by source and depth; the weights do not tell input sizes
CONFIGS = {
    ('mlpe', 50): ('mlpe_resnest50_256x192.py', 'mlpe_resnest50_384x288.py'),
    ('mlpe', 101): ('mlpe_resnest101_384x288.py',),
    ('cpn', 50): (
        'cpn/cpn_resnet50_256x192.py',
        'cpn/cpn_resnet50_384x288.py',
    ),
    # with the depth in its options, see `cfg_options`
    ('cpn', 101): ('cpn/cpn_resnet50_384x288.py',),
}
# both originals: (RGB - mean) / 255
_MEAN = [122.7717, 115.9465, 102.9801]
_STD = [255.0, 255.0, 255.0]
# convolutions of all levels joined: theirs from the coarsest, ours the finest
_JOINED = (
    'head.refine_network.fuse.conv1.weight',
    'head.refine_network.fuse.downsample.0.weight',
)
# absent from what PyTorch 0.4.0 saved, which pytorch-cpn began with
_COUNTER = '.num_batches_tracked'


def convert_state_dict(
    state_dict: Mapping[str, Tensor], source: str
) -> dict[str, Tensor]:
    """Rename the parameters of an original network, and reorder two.

    The model of ours then computes the same heatmaps from the same input,
    which the originals normalise in their own way, see :func:`cfg_options`.

    Args:
        state_dict (Mapping[str, Tensor]): Of the authors' release of MLPE
            (ResNeSt-50 or -101) or of pytorch-cpn (ResNet-50 or -101), for
            COCO's 17 keypoints. All names may begin with ``module.``
        source (str): ``'mlpe'`` or ``'cpn'``

    Returns:
        dict[str, Tensor]: All parameters and buffers of the model of
        :func:`shipped_configs`; but for two, the same tensors. What the
        release builds and never uses is left out: its classifier and three
        laterals.

    Raises:
        ValueError: If the source is another, or a name or a shape is missing
            or unknown; all of them are listed.
    """
    given = _without_module(state_dict)
    names = _original_names(given, source)
    wanted = {
        names.original(name): (name, tensor.shape)
        for name, tensor in _meta_model(source, depth_of(given)).items()
    }
    given = {n: t for n, t in given.items() if not names.is_unused(n)}
    misfits = [f'unknown: {name}' for name in given if name not in wanted]
    for name, (_, shape) in wanted.items():
        if name in given and given[name].shape != shape:
            misfits.append(
                f'shape: {name} is {tuple(given[name].shape)}, needs to be '
                f'{tuple(shape)}'
            )
        elif name not in given and not name.endswith(_COUNTER):
            misfits.append(f'missing: {name}')
    if misfits:
        raise ValueError(
            f'{len(misfits)} parameters do not fit the network of '
            f'source={source!r}:\n' + '\n'.join(misfits)
        )
    converted = {
        ours: given[name] if name in given else torch.tensor(0)
        for name, (ours, _) in wanted.items()
    }
    for name in _JOINED:
        levels = converted[name].unflatten(1, (NUM_LEVELS, -1))
        converted[name] = levels.flip(1).flatten(1, 2)
    return converted


def unused_names(state_dict: Mapping[str, Tensor], source: str) -> list[str]:
    """What :func:`convert_state_dict` leaves out, without ``module.``"""
    given = _without_module(state_dict)
    names = _original_names(given, source)
    return [name for name in given if names.is_unused(name)]


def depth_of(names: Iterable[str]) -> int:
    """The backbone's depth, 50 or 101: the third stage has 6 or 23 blocks."""
    return 101 if any('resnet.layer3.6.' in name for name in names) else 50


def shipped_configs(source: str, depth: int) -> list[Path]:
    """The configs whose models a converted checkpoint fits."""
    names = CONFIGS[source, depth]
    return [find_shipped(f'configs/{name}') for name in names]


def cfg_options(source: str, depth: int) -> dict[str, object]:
    """What a converted checkpoint needs changed in its config.

    Args:
        source (str): ``'mlpe'`` or ``'cpn'``
        depth (int): 50 or 101

    Returns:
        dict[str, object]: For ``--cfg-options``: the originals' mean and
        standard deviation, R, G, B in [0, 255], and CPN's depth where no
        config of that depth is shipped.
    """
    options = {
        'model.data_preprocessor.mean': _MEAN,
        'model.data_preprocessor.std': _STD,
    }
    if (source, depth) == ('cpn', 101):
        options['model.backbone.depth'] = depth
    return options


def convert_checkpoint(
    in_file: str | os.PathLike,
    out_file: str | os.PathLike,
    source: str,
    say: Callable[[str], None] = print,
) -> Path:
    """Convert a checkpoint file, see :func:`convert_state_dict`.

    Args:
        in_file (str | PathLike): What ``torch.save`` wrote of a state dict,
            or of a dict with one as ``'state_dict'``
        out_file (str | PathLike): The file to write; one that is there is
            only replaced by a good one
        source (str): ``'mlpe'`` or ``'cpn'``
        say (callable): Takes each line of what was done, and of how to use
            the file. Defaults to ``print``

    Returns:
        Path: The file.

    Raises:
        OSError: If a file cannot be read or written.
        ValueError: If it holds something else; nothing is written then.
    """
    out_file = Path(out_file)
    check_output(out_file)
    state_dict = _read_state_dict(Path(in_file))
    converted = convert_state_dict(state_dict, source)
    with kept_if_good(out_file) as unproven:
        meta = dict(converted_from=source, mlpe_mmpose=__version__)
        torch.save(dict(state_dict=converted, meta=meta), unproven)
    say(f'{out_file}: {len(converted)} tensors')
    dropped = unused_names(state_dict, source)
    if dropped:
        say(f'left out, as the original never uses them: {", ".join(dropped)}')
    _say_use(out_file, source, depth_of(state_dict), say)
    return out_file


def _say_use(
    out_file: Path, source: str, depth: int, say: Callable[[str], None]
) -> None:
    """Say what the file is for, and what else has to be changed."""
    configs = [str(path) for path in shipped_configs(source, depth)]
    say(f'for {" or ".join(configs)}, by the input size it was trained with:')
    command = ['mim', 'test', 'mmpose', configs[0], '-C', str(out_file)]
    lines = [shlex.join([*command, '--cfg-options'])]
    for name, value in cfg_options(source, depth).items():
        values = value if isinstance(value, list) else [value]
        lines.append(f'{name}={",".join(map(str, values))}')
    say('  ' + ' \\\n      '.join(lines))


def _without_module(state_dict: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Without the prefix that ``DataParallel`` gives."""
    return {n.removeprefix('module.'): t for n, t in state_dict.items()}


def _original_names(names: Iterable[str], source: str) -> OriginalNames:
    """The names to expect, once the source is known to be right."""
    if source not in SOURCES:
        raise ValueError(
            f'convert_state_dict needs source to be one of {SOURCES}, got '
            f'source={source!r}.'
        )
    return OriginalNames.find(source, names)


def _meta_model(source: str, depth: int) -> dict[str, Tensor]:
    """Names and shapes of the shipped config's model, without memory."""
    config = Config.fromfile(shipped_configs(source, depth)[0])
    config.merge_from_dict(cfg_options(source, depth))
    with (
        DefaultScope.overwrite_default_scope('mmpose'),
        torch.device('meta'),
    ):
        return build_pose_estimator(config.model).state_dict()


def _read_state_dict(path: Path) -> dict[str, Tensor]:
    """The state dict of a file, by PyTorch's safe loader."""
    if not path.is_file():
        raise FileNotFoundError(f'{path} is not a file.')
    try:
        checkpoint = torch.load(path, map_location='cpu', weights_only=True)
    except OSError:
        raise
    except Exception as error:  # what a damaged file makes of the loader
        raise ValueError(
            f"{path} cannot be read by PyTorch's safe loader, which takes "
            'tensors and plain Python types only '
            f'({type(error).__name__}). If it is a checkpoint that you '
            'trust, keep its weights alone: torch.save(torch.load(IN, '
            "weights_only=False)['state_dict'], NEW)."
        ) from error
    if isinstance(checkpoint, dict):
        checkpoint = checkpoint.get('state_dict', checkpoint)
    if not isinstance(checkpoint, dict) or not all(
        isinstance(value, Tensor) for value in checkpoint.values()
    ):
        raise ValueError(
            f'{path} holds no state dict: a dict of tensors, or one with such '
            "a dict as 'state_dict', is needed."
        )
    return checkpoint
