"""From a COCO annotation file to a config that trains."""

import re
import shlex
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from ..output_file import write_then_check
from .annotations import Annotations, read_annotations
from .base_config import BaseConfig, read_base
from .config_text import config_text
from .guesses import find_unpaired, guess_swaps
from .metainfo_text import metainfo_text
from .trial import try_config

BASE = 'mlpe_resnest50_256x192.py'
Split = tuple[Annotations, Path]


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
        ValueError: If training or validation could not use a file, if both
            files differ in their keypoints, or if the base does not fit.
            Nothing is written.
    """
    name = name or Path(ann_file).stem
    if not re.fullmatch(r'[\w-]+', name):
        raise ValueError(
            'init_dataset needs a name of letters, digits, "_" and "-", got '
            f'name={name!r}. Give one with --name.'
        )
    out_dir = Path(out_dir)
    paths = out_dir / f'{name}_metainfo.py', out_dir / f'{name}_config.py'
    for path in paths:
        if path.exists() and not force:
            raise FileExistsError(f'{path} exists; --force replaces it.')
    train = _read_split(ann_file, images)
    val = None
    if val_ann_file is not None:
        val = _read_split(val_ann_file, val_images or images)
        _check_equal_keypoints(train[0], val[0])
    base = read_base(base)
    numbers = _write(name, base, paths, train, val)
    uses = ('train', 'validate')
    for split, number, use in zip((train, val), numbers, uses, strict=True):
        if split:
            total = split[0].num_annotations
            say(
                f'{split[0].path}: {number} of {total} annotations to {use} on'
            )
    for line in _describe(paths, base, train[0], val and val[0]):
        say(line)
    return paths


def _check_equal_keypoints(train: Annotations, val: Annotations) -> None:
    if val.names != train.names:
        raise ValueError(
            f'{val.path} has keypoints {list(val.names)}, '
            f'{train.path} {list(train.names)}; they need to be equal.'
        )


def _read_split(ann_file: str | Path, images: str | Path) -> Split:
    """Read annotations, and check that all of their images are there.

    Raises:
        FileNotFoundError: If an image is missing.
    """
    annotations = read_annotations(Path(ann_file))
    folder = Path(images)
    missing = [f for f in annotations.file_names if not (folder / f).is_file()]
    if missing:
        raise FileNotFoundError(
            f'{folder} lacks {len(missing)} of the '
            f'{len(annotations.file_names)} images of {ann_file}, as '
            f'{missing[0]}. Give their folder with --images.'
        )
    return annotations, folder


def _write(
    name: str,
    base: BaseConfig,
    paths: tuple[Path, Path],
    train: Split,
    val: Split | None,
) -> tuple[int, int]:
    """Try both files in another folder, then write them.

    Returns:
        tuple[int, int]: How many annotations MMPose trains and validates on.
    """
    out_dir = paths[0].parent

    def texts(folder: Path) -> tuple[str, str]:
        reference = base.reference(folder)
        return metainfo_text(name, train[0]), config_text(
            name, base, reference, paths[0].name, train, val
        )

    with tempfile.TemporaryDirectory() as folder:
        trial = [Path(folder) / path.name for path in paths]
        for path, text in zip(trial, texts(Path(folder)), strict=True):
            path.write_text(text, encoding='utf-8')
        try:
            numbers = try_config(trial[1])
        except ValueError as error:
            raise ValueError(
                f'A config for {train[0].path} on {base.path} cannot be '
                f'trained: {error}'
            ) from error
    out_dir.mkdir(parents=True, exist_ok=True)
    for path, text in zip(paths, texts(out_dir), strict=True):
        with write_then_check(path) as unproven:
            unproven.write_text(text, encoding='utf-8')
    return numbers


def _describe(
    paths: tuple[Path, Path],
    base: BaseConfig,
    train: Annotations,
    val: Annotations | None,
) -> list[str]:
    """Say what was found and guessed, and what to do next."""
    swaps = guess_swaps(train.names)
    command = f'    mim train mmpose {shlex.quote(str(paths[1]))}'
    lines = [
        f'keypoints: {len(train.names)}, links: {len(train.links)}, pairs of '
        f'left and right: {len(swaps) // 2} (guessed from names)',
        *(f'note: {note}' for note in _notes(paths[0], train, val)),
        'one training step and one validation were tried: both work',
        f'look at the lines marked "guessed" in {paths[0]}, then',
        command,
    ]
    if base.downloads_weights():
        lines += [
            "without a network, that is without the backbone's published "
            'weights,',
            f'{command} --cfg-options model.backbone.init_cfg=None',
        ]
    return lines


def _notes(
    metainfo: Path, train: Annotations, val: Annotations | None
) -> Iterator[str]:
    """Say what the data set lacks, and what that means."""
    if val is None:
        yield (
            'there is no --val, so validation is on the training data, and '
            'its AP says nothing about other images'
        )
    tested = val or train
    if tested.num_without_area:
        yield (
            f'{tested.path} has {tested.num_without_area} annotations without '
            "'area', so the metric estimates all areas from the boxes "
            '(use_area=False)'
        )
    if alone := find_unpaired(train.names, guess_swaps(train.names)):
        yield (
            f'no single partner for {", ".join(alone)}, whose names have a '
            f'side; mend `swap` in {metainfo} if there is one'
        )
    if not train.links:
        yield 'no skeleton, so pictures will show points without lines'
