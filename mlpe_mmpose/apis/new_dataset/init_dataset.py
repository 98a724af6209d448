"""From a COCO annotation file to a config that trains."""

import os
import re
from collections.abc import Callable
from pathlib import Path

from mlpe_mmpose.shipped import find_shipped

from ..output_file import kept_if_good
from .annotations import Annotations, read_annotations
from .guesses import guess_swaps, sided_alone
from .texts import config_text, metainfo_text

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
        name (str, optional): The data set's. Defaults to the file's stem
        force (bool): Whether to replace files that exist
        say (callable): Takes notes. Defaults to ``print``

    Returns:
        tuple[Path, Path]: The metainfo and the config.

    Raises:
        OSError: If a file or folder is missing, or one to write exists.
        ValueError: If a file is not in COCO's format, or the two differ in
            their keypoints. Nothing is written.
    """
    name = name or Path(ann_file).stem
    if not re.fullmatch(r'[\w-]+', name):
        raise ValueError(
            'init_dataset needs a name of letters, digits, "_" and "-", got '
            f'name={name!r}. Give one with --name.'
        )
    train = _split(ann_file, images)
    val = None
    if val_ann_file is not None:
        val = _split(val_ann_file, val_images or images)
        _check_equal_keypoints(ann_file, train[0], val_ann_file, val[0])
    base_path = Path(base)
    if not base_path.is_file():
        base_path = find_shipped(f'configs/{base}')

    out_dir = Path(out_dir)
    paths = out_dir / f'{name}_metainfo.py', out_dir / f'{name}_config.py'
    for path in paths:
        if path.exists() and not force:
            raise FileExistsError(f'{path} exists; --force replaces it.')
    texts = (
        metainfo_text(name, train[0]),
        config_text(
            name,
            Path(os.path.relpath(base_path, out_dir)).as_posix(),
            paths[0].name,
            train,
            val,
        ),
    )
    out_dir.mkdir(parents=True, exist_ok=True)
    for path, text in zip(paths, texts, strict=True):
        with kept_if_good(path) as unproven:
            unproven.write_text(text)
    _summary(train[0], paths, say)
    return paths


def _check_equal_keypoints(
    ann_file: str | Path,
    train: Annotations,
    val_ann_file: str | Path,
    val: Annotations,
) -> None:
    if val.names != train.names:
        raise ValueError(
            f'{val_ann_file} has keypoints {list(val.names)}, '
            f'{ann_file} {list(train.names)}; they need to be equal.'
        )


def _split(
    ann_file: str | Path, images: str | Path
) -> tuple[Annotations, str]:
    """Annotations and their images, all of which are there.

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
    return annotations, f'{folder.as_posix()}/'


def _summary(
    annotations: Annotations,
    paths: tuple[Path, Path],
    say: Callable[[str], None],
) -> None:
    """What was found and guessed, and what to do next."""
    swaps = guess_swaps(annotations.names)
    say(
        f'{annotations.num_people} people, {len(annotations.names)} '
        f'keypoints, {len(annotations.links)} links, {len(swaps) // 2} pairs '
        'of left and right (guessed from names)'
    )
    if alone := sided_alone(annotations.names, swaps):
        say(
            f'note: {", ".join(alone)} have a side in their name, but no '
            f'partner; mend `swap` in {paths[0]} if they are of a pair'
        )
    if not annotations.links:
        say('note: no skeleton, so pictures will show points without lines')
    say(f'look at the lines marked "guessed" in {paths[0]}, then')
    say(f'    mim train mmpose {paths[1]}')
