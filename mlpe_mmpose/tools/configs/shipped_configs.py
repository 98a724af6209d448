"""Lists and copies the configs that come with the package."""

import difflib
from dataclasses import dataclass
from pathlib import Path

import yaml

from mlpe_mmpose.shipped import find_shipped
from mlpe_mmpose.version import __version__

from ..config_keys import list_keys_that_are_read

# the folder of configs/ whose files are no experiments
NOT_EXPERIMENTS = ('_base_',)

HEADER = """\
# From mlpe_mmpose {version}: {name}
# All that the config inherits is written out here. Change a value in every
# place where it stands: the codec, for one, is in the head and in the
# training pipeline. A config of only what differs starts with
# _base_ = 'mlpe_mmpose::{name}'
# and is trained by `mim train mlpe_mmpose`, not by `mim train mmpose`.

"""


@dataclass(frozen=True)
class ShippedConfig:
    """A config, and what ``metafile.yml`` says about it.

    Args:
        path (Path): Absolute path of the file
        folder (str): Its folder below ``configs/``, ``'.'`` for none
        input_size (str): Height x width of a crop in pixels
        backbone (str): Kind and depth, as ``'ResNeSt-50'``
        parameters (int): Of the whole network; 0 if not known
        flops (int): Of one crop through the network, 2 for a multiply-add;
            0 if not known
        reported_ap (float, optional): AP on COCO val2017 in [0, 1] that
            ``reported_by`` has published; not measured with this code
        reported_by (str): ``'authors'``, ``'pytorch-cpn'`` or ``''``
    """

    path: Path
    folder: str
    input_size: str = ''
    backbone: str = ''
    parameters: int = 0
    flops: int = 0
    reported_ap: float | None = None
    reported_by: str = ''


def list_configs() -> list[ShippedConfig]:
    """Read the names of the configs from disk, the rest from metafile.yml.

    Returns:
        list[ShippedConfig]: Those directly in ``configs/`` first.
    """
    root = find_shipped('configs').resolve()
    text = (root / 'metafile.yml').read_text()
    models = {
        Path(m['Config']).name: m for m in yaml.safe_load(text)['Models']
    }
    paths = [
        path
        for path in root.rglob('*.py')
        if path.parent.name not in NOT_EXPERIMENTS
    ]
    return [
        _describe(path, str(path.parent.relative_to(root)), models)
        for path in sorted(paths, key=lambda p: (p.parent, p.name))
    ]


def _describe(path: Path, folder: str, models: dict) -> ShippedConfig:
    """Join a config's file with its entry in the metafile."""
    model = models.get(path.name)
    if model is None:
        return ShippedConfig(path, folder)
    data = model['Metadata']
    reported = [
        value
        for result in model.get('Results', ())
        for metric, value in result['Metrics'].items()
        if metric.startswith('AP reported')
    ]
    return ShippedConfig(
        path,
        folder,
        data['Input Size'],
        data['Architecture'],
        data['Parameters'],
        data['FLOPs'],
        reported[0] if reported else None,
        data.get('Reported By', ''),
    )


def find_config(name: str) -> Path:
    """Find a shipped config.

    Args:
        name (str): File name, with or without folders and ``.py``

    Returns:
        Path: The absolute path.

    Raises:
        ValueError: If no config has that name.
    """
    paths = [config.path for config in list_configs()]
    wanted = '/' + name.removesuffix('.py')
    for path in paths:
        if path.with_suffix('').as_posix().endswith(wanted):
            return path
    close = difflib.get_close_matches(name, [path.stem for path in paths])
    raise ValueError(
        f'no shipped config is called {name!r}'
        + (f'; did you mean {" or ".join(close)}?' if close else '.')
        + ' `python -m mlpe_mmpose configs` lists them.'
    )


def copy_config(name: str, folder: str | Path) -> Path:
    """Write a config with all that it inherits into a folder.

    The copy inherits nothing, as `mim download` writes configs: it runs
    wherever it lies, with MMPose's own commands too, and shows every value.
    Variables that only helped to write the original are left out, since
    changing them would change nothing.

    Args:
        name (str): As for :func:`find_config`
        folder (str | Path): Where the copy goes; made if it is missing

    Returns:
        Path: The copy.

    Raises:
        ValueError: If no config has that name.
        FileExistsError: If the folder has a file of that name.
    """
    from mmengine.config import Config

    source = find_config(name)
    target = Path(folder, source.name)
    if target.exists():
        raise FileExistsError(
            f'{target} exists, and is not overwritten; name another folder.'
        )
    config = Config.fromfile(source, import_custom_modules=False)
    for key in set(config) - list_keys_that_are_read():
        config.pop(key)
    relative = source.relative_to(find_shipped('configs').resolve())
    header = HEADER.format(name=relative.as_posix(), version=__version__)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(header + config.pretty_text)
    return target
