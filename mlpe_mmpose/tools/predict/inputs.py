"""Reads what a user names: images, a folder, a video, a camera, a list."""

import dataclasses
import glob
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import cv2

from mlpe_mmpose.annotations.faults import read_json
from mlpe_mmpose.annotations.fields import MAX_ID
from mlpe_mmpose.tools.read_image import read_image

from .frames import Frame, Unreadable
from .videos import open_video, read_video

# what OpenCV reads
IMAGE_SUFFIXES = (
    *('.bmp', '.jpeg', '.jpg', '.jp2', '.png', '.tif', '.tiff', '.webp'),
)
VIDEO_SUFFIXES = (
    *('.3gp', '.avi', '.flv', '.m2ts', '.m4v', '.mkv', '.mov', '.mp4'),
    *('.mpeg', '.mpg', '.mts', '.ogv', '.ts', '.webm', '.wmv'),
)
# OpenCV takes the number of a camera as one of 32 bits
MAX_CAMERA = 2**31 - 1
# frames a second of the output where a camera does not tell its own
DEFAULT_FPS = 25.0
# RTP's clock, which OpenCV gives as the rate of some streams
STREAM_CLOCK = 90000


@dataclasses.dataclass(frozen=True)
class Input:
    """The images to predict.

    Args:
        read (callable): Starts to read, and gives an iterator of
            :class:`Frame`, and of :class:`Unreadable` for broken files,
            or at the end of a video that ends too early
        count (int, optional): Number of images; ``None`` if unknown
        fps (float, optional): Frames a second of a video or camera; ``None``
            for images
        ids_are_names (bool): Whether the ids of the images come from an
            annotation file, from the numbers in the file names, or are the
            numbers of a video's frames. Otherwise the images were counted
        paths (dict): Image id -> file; empty for a video
        root (str): Absolute path of the folder of all images
        name (str): Name of the video's file without its suffix, or
            ``'camera0'``
    """

    read: Callable[[], Iterator[Frame | Unreadable]]
    count: int | None
    fps: float | None = None
    ids_are_names: bool = True
    paths: dict[int, Path] = dataclasses.field(default_factory=dict)
    root: str = ''
    name: str = ''


def open_input(text: str, ann_file: str | None = None) -> Input:
    """Find out what a user has named.

    Args:
        text (str): An image, a folder of images, a pattern with ``*``, a
            video, the number of a camera, the address of a stream, or a
            ``.txt`` file with one path a line
        ann_file (str, optional): Annotations in COCO's format that give the
            images their ids. Defaults to the numbers in the file names, if
            all names are different numbers, otherwise to 1, 2, 3...

    Returns:
        Input: The images.

    Raises:
        FileNotFoundError: If nothing has this name, or it has no image.
        ValueError: If a video or camera cannot be opened, a list is not
            UTF-8, ``ann_file`` has not exactly one entry for each image, or
            it is given for a video.
    """
    path = Path(text)
    is_number = text.isdecimal() and int(text) <= MAX_CAMERA
    if is_number and not path.exists():
        return _open_video(int(text), f'camera{text}', ann_file)
    is_video = path.suffix.lower() in VIDEO_SUFFIXES and not path.is_dir()
    if '://' in text or is_video:
        return _open_video(text, path.stem, ann_file)
    paths = _list_images(text)
    root = Path(os.path.commonpath([_find_place(p).parent for p in paths]))
    ids, ids_are_names = _choose_ids(paths, ann_file)
    files = dict(zip(ids, paths, strict=True))
    return Input(
        read=lambda: read_images(files, root),
        count=len(paths),
        ids_are_names=ids_are_names,
        paths=files,
        root=str(root),
    )


def _list_images(text: str) -> list[Path]:
    """List the files of images that a user has named."""
    path = Path(text)
    if path.is_dir():
        paths = sorted(p for p in path.iterdir() if _is_image(p))
        wanted = (
            f'a file that ends with {", ".join(IMAGE_SUFFIXES)}. For images '
            f'in its folders give a quoted pattern, as {str(path / "**/*")!r}'
        )
    elif path.suffix.lower() == '.txt' and path.is_file():
        lines = _read_text(path).splitlines()
        paths = [Path(line.strip()) for line in lines if line.strip()]
        wanted = 'a line with a path'
    elif path.exists():
        return [path]
    elif glob.has_magic(text):
        found = glob.glob(text, recursive=True)
        paths = sorted(Path(p) for p in found if _is_image(Path(p)))
        wanted = 'an image of this pattern'
    else:
        raise FileNotFoundError(f'INPUT={text!r}: no such file or folder.')
    if not paths:
        raise FileNotFoundError(
            f'INPUT={text!r} has no images: it needs {wanted}.'
        )
    # the same file twice would have one id twice
    return list({_find_place(path): path for path in paths}.values())


def _read_text(path: Path) -> str:
    """Read a list of images, which has to be UTF-8."""
    try:
        # programs of Windows write a mark before the first line
        return path.read_text(encoding='utf-8-sig')
    except UnicodeDecodeError as error:
        raise ValueError(
            f'INPUT={str(path)!r} is not UTF-8: {error}. PowerShell 5 writes '
            'UTF-8 with `-Encoding utf8`.'
        ) from error


def _find_place(path: Path) -> Path:
    """Return the absolute path without ``..``, which names a picture."""
    return Path(os.path.abspath(path))


def _is_image(path: Path) -> bool:
    return path.suffix.lower() in IMAGE_SUFFIXES


def _choose_ids(
    paths: Sequence[Path], ann_file: str | None
) -> tuple[list[int], bool]:
    """Return an id for each image, and whether the ids are its own."""
    if ann_file is not None:
        known, files = read_image_ids(ann_file), {}
        for path in paths:
            image_id = _find_id(path, known, ann_file)
            first = files.setdefault(image_id, path)
            if first != path:
                raise ValueError(
                    f'{ann_file} gives {first} and {path} the same id, '
                    f'{image_id}. Predict the images of one folder at a time.'
                )
        return list(files), True
    stems = [path.stem for path in paths]
    if all(map(is_id, stems)):
        ids = [int(stem) for stem in stems]
        if len(set(ids)) == len(ids):
            return ids, True
    return list(range(1, len(paths) + 1)), False


def is_id(stem: str) -> bool:
    """Whether the name of a file is a number that can be an image's id."""
    return stem.isdecimal() and int(stem) <= MAX_ID


def read_image_ids(ann_file: str) -> dict[str, int]:
    """Return the ids of the images of an annotation file by their names.

    Raises:
        OSError: If the file cannot be read.
        ValueError: If the file has no images in COCO's format.
    """
    content = read_json(ann_file)
    try:
        return {image['file_name']: image['id'] for image in content['images']}
    except (KeyError, TypeError) as error:
        raise ValueError(
            f'{ann_file} needs `images`, a list of dicts with file_name and '
            f'id ({error!r}).'
        ) from error


def _find_id(path: Path, known: dict[str, int], ann_file: str) -> int:
    """Return the id of the longest file_name that the path ends with."""
    parts = _find_place(path).parts
    tails = ('/'.join(parts[start:]) for start in range(1, len(parts)))
    for name in (path.as_posix(), *tails):
        if name in known:
            return known[name]
    raise ValueError(
        f'{ann_file} has no image with the file_name {path.name!r}, nor one '
        f'with folders of {path} before it, so that this image has no id. '
        'Name the images of that file only, or leave --ann-file out.'
    )


def read_images(
    paths: dict[int, Path], root: Path
) -> Iterator[Frame | Unreadable]:
    """Read images from files.

    Args:
        paths (dict): Image id -> file
        root (Path): Absolute path of a folder that holds all files
    """
    for image_id, path in paths.items():
        try:
            image = read_image(path)
        except OSError as error:
            yield Unreadable(str(path), str(error))
            continue
        name = _find_place(path).relative_to(root).as_posix()
        yield Frame(image_id, name, image)


def _open_video(source: str | int, name: str, ann_file: str | None) -> Input:
    """Open a video, a stream, or a camera."""
    if ann_file is not None:
        raise ValueError(
            f'--ann-file={ann_file} gives ids to images, and {source} is a '
            'video, whose ids are the numbers of its frames. Leave '
            '--ann-file out.'
        )
    video = open_video(source)
    count = int(video.get(cv2.CAP_PROP_FRAME_COUNT))
    fps = video.get(cv2.CAP_PROP_FPS)
    return Input(
        read=lambda: read_video(video, str(source)),
        count=count if count > 0 else None,
        fps=fps if 0 < fps < STREAM_CLOCK else DEFAULT_FPS,
        name=name,
    )
