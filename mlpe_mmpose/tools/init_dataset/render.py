"""Renders the metainfo and the config of a new data set."""

import os
from pathlib import Path

import jinja2
from mmengine.config import Config

from mlpe_mmpose.annotations.sides import LEFT, RIGHT, split_words

from .base_config import downloads_weights, look_up, refer_to_base
from .guesses import guess_half, guess_sigma
from .split import Split

# MMPose's colours for COCO: left, right, in between
GREEN, ORANGE, BLUE = [0, 255, 0], [255, 128, 0], [51, 153, 255]


def render_metainfo(name: str, split: Split) -> str:
    """Return the source code of a metainfo, in which guesses are marked.

    Args:
        name (str): The name of the data set
        split (Split): The annotations
    """
    swaps = split.swaps
    keypoints = [
        dict(
            name=keypoint,
            color=_choose_color(keypoint),
            half=guess_half(keypoint),
            swap=swaps.get(keypoint, ''),
            sigma=guess_sigma(keypoint),
        )
        for keypoint in split.names
    ]
    return _get_template('metainfo.py.jinja').render(
        name=name,
        keypoints=keypoints,
        links=[(keypoints[a], keypoints[b]) for a, b in split.links],
        swaps_origin="the file's" if split.has_swaps else 'guessed',
        middle=BLUE,
    )


def render_config(
    name: str, base: Config, folder: Path, train: Split, val: Split | None
) -> str:
    """Return the source code of a config.

    The pipelines are those of the base. Data sets and metric are replaced as
    a whole, so that a base of another data set leaves no option behind.

    Args:
        name (str): The name of the data set
        base (Config): What the config starts from
        folder (Path): The folder of the config and the metainfo
        train (Split): Annotations to train on
        val (Split, optional): Those to validate on
    """
    tested = val or train
    splits = train, tested
    ann_files = [Path(os.path.abspath(split.ann_file)) for split in splits]
    folders = [Path(os.path.abspath(split.images)) for split in splits]
    root = os.path.commonpath([*(f.parent for f in ann_files), *folders])
    imports = look_up(base, 'custom_imports.imports') or []
    imports = [imports] if isinstance(imports, str) else list(imports)
    return _get_template('config.py.jinja').render(
        name=name,
        base=base,
        reference=refer_to_base(base, folder),
        imports=imports,
        downloads_weights=downloads_weights(base),
        saves_best=look_up(base, 'default_hooks.checkpoint.save_best'),
        data_root=root.rstrip('/') + '/',
        ann_files=[file.relative_to(root).as_posix() for file in ann_files],
        folders=[folder.relative_to(root).as_posix() for folder in folders],
        train=train,
        val=val,
        tested=tested,
    )


def _get_template(name: str) -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
    )
    environment.filters['repr'] = repr
    return environment.get_template(name)


def _choose_color(name: str) -> list[int]:
    sides = set(split_words(name))
    if sides & LEFT:
        return GREEN
    return ORANGE if sides & RIGHT else BLUE
