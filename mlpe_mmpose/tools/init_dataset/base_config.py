"""The config that the config of a new data set starts from."""

import os
from dataclasses import dataclass
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


@dataclass(frozen=True)
class BaseConfig:
    """A shipped config, or one of the user.

    Args:
        path (Path): The file
        config (Config): Its content, with all that it inherits
    """

    path: Path
    config: Config

    def look_up(self, name: str) -> object:
        """Return the value of a dotted name, or ``None`` without one."""
        value = self.config
        for key in name.split('.'):
            value = value.get(key) if hasattr(value, 'get') else None
        return value

    def reference(self, folder: Path) -> str:
        """Write the `_base_` of a config in a folder, as source code.

        A shipped config is found wherever that folder is moved; a config of
        the user keeps its place relative to the folder.
        """
        path = self.path.resolve()
        shipped = find_shipped('configs').resolve()
        if shipped in path.parents:
            return inherit_shipped(path.relative_to(shipped).as_posix())
        return repr(Path(os.path.relpath(path, folder.resolve())).as_posix())

    def missing_imports(self) -> list[str]:
        """List all imports, if the base does not import this package."""
        named = self.look_up('custom_imports.imports') or []
        named = [named] if isinstance(named, str) else list(named)
        return [] if 'mlpe_mmpose' in named else [*named, 'mlpe_mmpose']

    def downloads_weights(self) -> bool:
        """Whether the backbone starts from weights that are not a file."""
        weights = self.look_up('model.backbone.init_cfg.checkpoint')
        return isinstance(weights, str) and '://' in weights


def read_base(base: str | Path) -> BaseConfig:
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
        found = BaseConfig(path, Config.fromfile(path))
    except Exception as error:
        raise ValueError(
            f'--config {base} cannot be read: {type(error).__name__}: {error}'
        ) from error
    kind = str(found.look_up('model.type')).rpartition('.')[2]
    if kind != 'TopdownPoseEstimator':
        raise ValueError(
            f'--config {base} has model.type={kind}; init-dataset writes '
            'configs of top-down models, so it needs TopdownPoseEstimator.'
        )
    for name in NEEDED:
        if found.look_up(name) is None:
            raise ValueError(
                f'--config {base} has no {name}, which a config of a new data '
                'set starts from. Name another config.'
            )
    return found
