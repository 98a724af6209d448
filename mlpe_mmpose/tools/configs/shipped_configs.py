"""Lists and copies the configs that come with the package."""

from pathlib import Path

import yaml

from mlpe_mmpose.shipped import find_config, find_shipped
from mlpe_mmpose.version import __version__

from ..config_keys import list_keys_that_are_read

HEADER = """\
# From mlpe_mmpose {version}: {name}
# All that the config inherits is written out here. Change a value in every
# place where it stands: the codec, for one, is in the head and in the
# training pipeline. A config of only what differs starts with
# _base_ = 'mlpe_mmpose::{name}'
# and is trained by `mim train mlpe_mmpose`, not by `mim train mmpose`.

"""


def list_configs() -> list[dict]:
    """Read the entries of all shipped configs from ``metafile.yml``.

    Returns:
        list[dict]: The metafile's entries, with ``Config`` as an absolute
        path; the configs directly in ``configs/`` come first. ``Metadata``
        has the parameters of the whole network, and the FLOPs of one crop, or
        in ``bottomup/`` of one image, 2 for a multiply-add. ``Results`` are
        published by ``Reported By``, and not measured with this code.
    """
    root = find_shipped('configs').resolve()
    models = yaml.safe_load((root / 'metafile.yml').read_text())['Models']
    for model in models:
        model['Config'] = root.parent / model['Config']
    return sorted(models, key=lambda m: (m['Config'].parent, m['Config']))


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
