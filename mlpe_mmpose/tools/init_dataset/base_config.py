"""The config that the config of a new data set starts from."""

import functools
import os
from pathlib import Path

from mmengine.config import Config

from mlpe_mmpose.shipped import find_shipped, inherit_shipped

# what the new config copies or replaces
NEEDED = (
    'model.head.out_channels',
    'train_dataloader.dataset.pipeline',
    'val_dataloader.dataset.pipeline',
    'test_dataloader.dataset.pipeline',
)


def read_base(base: str | Path) -> Config:
    """Read the config to start from.

    Args:
        base (str | Path): A path, or the name of a shipped config

    Raises:
        FileNotFoundError: If it is neither.
        ValueError: If it cannot be read, or is no config of a top-down model.
    """
    path = Path(base)
    if not path.is_file():
        try:
            path = find_shipped(f'configs/{base}')
        except FileNotFoundError as error:
            raise FileNotFoundError(
                f'--config {base} is neither a file nor the name of a shipped '
                "config, such as 'keypoints/mlpe_resnest50_256x256_mpii.py'."
            ) from error
    try:
        config = Config.fromfile(path)
    except Exception as error:
        raise ValueError(
            f'--config {base} cannot be read: {type(error).__name__}: {error}'
        ) from error
    kind = look_up(config, 'model.type')
    if isinstance(kind, type):
        raise ValueError(
            f"--config {base} is a config of MMEngine's newer style, which "
            'other configs cannot inherit. Name the config that its training '
            'has written to the work folder.'
        )
    kind = str(kind).rpartition('.')[2]
    if kind != 'TopdownPoseEstimator':
        raise ValueError(
            f'--config {base} has model.type={kind}; init-dataset writes '
            'configs of top-down models, so it needs TopdownPoseEstimator.'
        )
    if lacks := [name for name in NEEDED if look_up(config, name) is None]:
        raise ValueError(
            f'--config {base} has no {lacks[0]}, which a config of a new data '
            'set starts from. Name another config.'
        )
    return config


def look_up(config: Config, name: str) -> object:
    """Return the value of a dotted name, or ``None`` without one."""
    return functools.reduce(
        lambda value, key: value.get(key) if hasattr(value, 'get') else None,
        name.split('.'),
        config,
    )


def refer_to_base(base: Config, folder: Path) -> str:
    """Return the source code of `_base_` in a config of a folder.

    A shipped config is found wherever that folder is moved; a config of the
    user keeps its place relative to the folder, if no link stands between.
    """
    path, shipped = Path(base.filename).resolve(), find_shipped('configs')
    if shipped.resolve() in path.parents:
        path = path.relative_to(shipped.resolve())
        return inherit_shipped(path.as_posix())
    relative = Path(os.path.relpath(path, folder.resolve()))
    # MMEngine goes up by names, which can lead elsewhere from behind a link
    found = Path(os.path.abspath(folder / relative))
    if found.is_file() and found.samefile(path):
        path = relative
    return repr(path.as_posix())


def downloads_weights(base: Config) -> bool:
    """Whether the backbone starts from weights that are not a file."""
    weights = look_up(base, 'model.backbone.init_cfg.checkpoint')
    return isinstance(weights, str) and '://' in weights
