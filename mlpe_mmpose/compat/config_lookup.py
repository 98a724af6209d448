"""Let other projects' configs write ``_base_ = 'mlpe_mmpose::NAME.py'``."""

from pathlib import Path

from mmengine.config import Config

from ..shipped import find_shipped

SCOPE = 'mlpe_mmpose'


def install() -> None:
    """Let MMEngine find this package's configs by their path in configs/.

    MMEngine 0.10.7 has a closed list of packages, and refuses names without
    a folder. The package cannot join this list, because MMEngine then adds
    ``_scope_`` to every dictionary of the base, and Runner passes ``_scope_``
    to the collate function as an argument.
    """
    stock = Config._get_cfg_path

    def get_cfg_path(cfg_path: str, filename: str) -> tuple[str, str | None]:
        scope, colons, name = cfg_path.partition('::')
        if colons and scope == SCOPE:
            return str(_find_base(name, filename)), None
        return stock(cfg_path, filename)

    Config._get_cfg_path = staticmethod(get_cfg_path)


def _find_base(name: str, filename: str) -> Path:
    """Return the absolute path of a shipped config."""
    path = find_shipped('configs').resolve() / name
    if not path.is_file():
        raise FileNotFoundError(
            f"{filename} has _base_ = '{SCOPE}::{name}', and mlpe_mmpose "
            f'has no {name} in {path.parent}. '
            '`python -m mlpe_mmpose configs` lists the configs.'
        )
    return path
