"""From a COCO annotation file to a config that trains."""

import re
import shlex
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from mmengine.config import Config

from mlpe_mmpose.annotations.sides import find_unpaired

from ..output_file import write_then_check
from .base_config import downloads_weights, read_base
from .render import render_config, render_metainfo
from .split import Split, read_split
from .trial import try_config

BASE = 'mlpe_resnest50_256x192.py'


def init_dataset(
    ann_file: str | Path,
    images: str | Path,
    out_dir: str | Path = '.',
    val_ann_file: str | Path | None = None,
    val_images: str | Path | None = None,
    base: str | Path = BASE,
    name: str | None = None,
    force: bool = False,
    say: Callable[[str], None] = print,
) -> tuple[Path, Path]:
    """Write metainfo and config for a data set in COCO's format.

    Names and skeleton are the file's. Pairs of left and right, halves of the
    body, and OKS sigmas are guessed from the names, and marked as guessed.
    Before anything is written, the config computes the losses of two samples
    and validates on one.

    Args:
        ann_file (str | Path): Annotations to train on
        images (str | Path): Folder of their images
        out_dir (str | Path): Where the files go; made if it is missing
        val_ann_file (str | Path, optional): Annotations to validate on.
            Without, validation is on the training data, and says so
        val_images (str | Path, optional): Their folder. Defaults to
            ``images``
        base (str | Path): The config to start from, shipped or a path.
            Defaults to MLPE on ResNeSt-50 at 256x192
        name (str, optional): The name of the data set. Defaults to the file's
            stem
        force (bool): Whether to replace files that exist
        say (callable): Takes notes. Defaults to ``print``

    Returns:
        tuple[Path, Path]: The metainfo and the config.

    Raises:
        OSError: If a file or folder is missing, or one to write exists.
        ValueError: If ``val_images`` come without their annotations, if
            training or validation could not use a file, if both
            files differ in their keypoints, or if the base does not fit.
            Nothing is written.
    """
    name = name or Path(ann_file).stem
    if not re.fullmatch(r'[\w-]+', name):
        raise ValueError(
            'init_dataset needs a name of letters, digits, "_" and "-", got '
            f'name={name!r}. Give one with --name.'
        )
    if val_images and not val_ann_file:
        raise ValueError(
            f'init_dataset got val_images={str(val_images)!r} without '
            'annotations of them. Give their file with --val.'
        )
    out_dir = Path(out_dir)
    paths = out_dir / f'{name}_metainfo.py', out_dir / f'{name}_config.py'
    for path in paths:
        if path.is_dir():
            raise FileExistsError(f'{path} is a folder; give another --name.')
        if path.exists() and not force:
            raise FileExistsError(f'{path} exists; --force replaces it.')
    train = read_split(ann_file, images)
    val = val_ann_file and read_split(val_ann_file, val_images or images)
    if val and val.names != train.names:
        raise ValueError(
            f'{val_ann_file} has keypoints {list(val.names)}, '
            f'{ann_file} {list(train.names)}; they need to be equal.'
        )
    base = read_base(base)
    numbers = _try_config(name, base, train, val)
    out_dir.mkdir(parents=True, exist_ok=True)
    texts = _render(name, base, out_dir, train, val)
    for path, text in zip(paths, texts, strict=True):
        with write_then_check(path) as unproven:
            unproven.write_text(text, encoding='utf-8')
    for line in _describe(paths, base, train, val, numbers):
        say(line)
    return paths


def _render(
    name: str, base: Config, folder: Path, train: Split, val: Split | None
) -> tuple[str, str]:
    config = render_config(name, base, folder, train, val)
    return render_metainfo(name, train), config


def _try_config(
    name: str, base: Config, train: Split, val: Split | None
) -> tuple[int, int]:
    """Try both files in another folder, see :func:`try_config`."""
    with tempfile.TemporaryDirectory() as folder:
        metainfo, config = _render(name, base, Path(folder), train, val)
        path = Path(folder, f'{name}_config.py')
        path.write_text(config, encoding='utf-8')
        path.with_name(f'{name}_metainfo.py').write_text(
            metainfo, encoding='utf-8'
        )
        try:
            return try_config(path)
        except ValueError as error:
            raise ValueError(
                f'A config for {train.ann_file} on {base.filename} cannot be '
                f'trained: {error}'
            ) from error


def _describe(
    paths: tuple[Path, Path],
    base: Config,
    train: Split,
    val: Split | None,
    numbers: tuple[int, int],
) -> Iterator[str]:
    """Say what was found and guessed, what is missing, and what is next."""
    uses = ('train', 'validate')
    for split, number, use in zip((train, val), numbers, uses, strict=True):
        if split:
            annotations = f'{len(split.content["annotations"])} annotations'
            yield f'{split.ann_file}: {number} of {annotations} to {use} on'
    swaps = train.swaps
    origin = "the file's" if train.has_swaps else 'guessed from names'
    yield (
        f'keypoints: {len(train.names)}, links: {len(train.links)}, pairs of '
        f'left and right: {len(swaps) // 2} ({origin})'
    )
    if val is None:
        yield (
            'note: there is no --val, so validation is on the training data, '
            'and its AP says nothing about other images'
        )
    tested = val or train
    if tested.num_without_area:
        yield (
            f'note: {tested.ann_file} has {tested.num_without_area} '
            "annotations without 'area', so the metric estimates all areas "
            'from the boxes (use_area=False)'
        )
    if alone := find_unpaired(train.names, swaps):
        yield (
            f'note: no single partner for {", ".join(alone)}, whose names '
            f'have a side; mend `swap` in {paths[0]} if there is one'
        )
    if not train.links:
        yield 'note: no skeleton, so pictures will show points without lines'
    command = f'    mim train mmpose {shlex.quote(str(paths[1]))}'
    yield 'the losses of two samples and one validation were tried: both work'
    yield f'look at the lines marked "guessed" in {paths[0]}, then'
    yield command
    if downloads_weights(base):
        yield "without a network, so without the backbone's published weights,"
        yield f'{command} --cfg-options model.backbone.init_cfg=None'
