"""Folders of YOLO-pose as labels of sleap-io.

sleap-io 0.9.5 reads them too, but without boxes and hidden keypoints.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from .coco_files import read_size
from .find_files import find_below
from .flags import hide_occluded

SPLITS = ('train', 'val', 'test')
SUFFIXES = ('.bmp', '.jpeg', '.jpg', '.png', '.tif', '.tiff', '.webp')


def read_yolo(folder: Path, say: Callable[[str], None]) -> dict[str, object]:
    """Read the labels of a YOLO-pose folder, with boxes and hidden keypoints.

    Args:
        folder (Path): It has a ``data.yaml``
        say (callable): Takes notes

    Returns:
        dict[str, sleap_io.Labels]: The labels of each split, by its name.

    Raises:
        FileNotFoundError: If images that ``data.yaml`` names are missing.
        ValueError: If ``data.yaml``, a line of labels or an image is wrong.
    """
    import sleap_io

    config = _read_config(folder / 'data.yaml')
    skeleton = _read_skeleton(config, folder / 'data.yaml')
    dims, flags, splits = config['kpt_shape'][1], [], {}
    classes: set[int] = set()
    seen: set[Path] = set()
    for name in SPLITS:
        frames: list[sleap_io.LabeledFrame] = []
        videos: dict[Path, sleap_io.Video] = {}
        for image in _list_new_images(folder, config, name, seen, say):
            rows = _read_rows(image, len(skeleton), dims)
            if not rows:
                continue
            video = videos.setdefault(
                image.parent, sleap_io.Video([], open_backend=False)
            )
            frame = sleap_io.LabeledFrame(video, len(video.filename))
            video.filename.append(str(image))
            for kind, box, points in rows:
                classes.add(kind)
                pose = sleap_io.Instance.from_numpy(points[:, :2], skeleton)
                frame.instances.append(pose)
                flags.append((pose, points[:, 2]))
                frame.bboxes.append(
                    sleap_io.UserBoundingBox.from_xywh(*box, instance=pose)
                )
            frames.append(frame)
        if frames:
            splits[name] = sleap_io.Labels(frames)
    if not splits:
        raise ValueError(
            f'{folder} has no labels. Those of images/DIR/FRAME.png have to '
            'be in labels/DIR/FRAME.txt.'
        )
    hide_occluded(flags, say)
    if len(classes) > 1:
        say(
            f'note: {folder} has labels of {len(classes)} classes, '
            f'{", ".join(map(str, sorted(classes)))}. They become one '
            'category, whose network does not tell them apart.'
        )
    return splits


def _read_config(path: Path) -> dict:
    """Read ``data.yaml``, whose ``kpt_shape`` says how to read the labels."""
    import yaml

    try:
        config = yaml.safe_load(path.read_text(encoding='utf-8'))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ValueError(f'{path} is no YAML file: {error}') from error
    shape = config.get('kpt_shape') if isinstance(config, dict) else None
    match shape:
        case [int(count), 2 | 3] if count > 0:
            pass
        case _:
            raise ValueError(
                f'{path} needs `kpt_shape: [K, 2]` or `kpt_shape: [K, 3]`, '
                'the number K of keypoints and that of the values of each, '
                f'got kpt_shape={shape!r}.'
            )
    if not any(config.get(name) for name in SPLITS):
        raise ValueError(
            f'{path} names no images: it needs a line as `train: '
            f'images/train`, and none of {", ".join(SPLITS)} is there.'
        )
    return config


def _read_skeleton(config: dict, path: Path) -> object:
    """Return names, links and mirrored pairs of the keypoints."""
    import sleap_io

    count = config['kpt_shape'][0]
    # sleap-io writes node_names, and Ultralytics kpt_names of each class
    names = config.get('node_names') or config.get('kpt_names')
    if isinstance(names, dict):
        names = next(iter(names.values()))
    names = [str(name) for name in names or range(count)]
    if len(set(names)) != len(names) or len(names) != count:
        raise ValueError(
            f'{path} needs {count} different names of keypoints, as many as '
            f'kpt_shape says, got {names}.'
        )
    flips = config.get('flip_idx') or []
    pairs = [
        (names[a], names[b]) for a, b in enumerate(flips) if a < b < count
    ]
    links = [
        (a, b)
        for a, b in config.get('skeleton') or ()
        if 0 <= a < count and 0 <= b < count
    ]
    return sleap_io.Skeleton(names, links, symmetries=pairs)


def _list_new_images(
    folder: Path,
    config: dict,
    key: str,
    seen: set[Path],
    say: Callable[[str], None],
) -> list[Path]:
    """List the images of a split that no earlier one has, and note them."""
    images = {
        path.resolve(): path for path in _list_images(folder, config, key)
    }
    if repeated := seen.intersection(images):
        say(
            f'note: `{key}` of {folder / "data.yaml"} names {len(repeated)} '
            'images that an earlier split has; they belong to that one only.'
        )
    new = [path for real, path in images.items() if real not in seen]
    seen.update(images)
    return new


def _list_images(folder: Path, config: dict, key: str) -> Iterator[Path]:
    """List the images of a split: of folders, or of files that list them."""
    named = config.get(key) or []
    for text in [named] if isinstance(named, str) else named:
        # some tools write ../train/images for train/images
        places = [
            base / part
            for base in (folder / str(config.get('path') or '.'), folder)
            for part in (text, text.removeprefix('../'))
        ]
        place = next((place for place in places if place.exists()), None)
        if place is None:
            raise FileNotFoundError(
                f'{folder / "data.yaml"} names the images `{key}: {text}`, '
                f'and {places[-1]} does not exist. Correct that line, or '
                'remove it.'
            )
        if place.is_file():
            # programs of Windows write a mark before the first line
            lines = place.read_text(encoding='utf-8-sig').split('\n')
            for line in filter(None, map(str.strip, lines)):
                # Ultralytics reads "./" as the folder of the list, and other
                # paths as below the folder of the call
                found = find_below(place.parent, line)
                if found is None:
                    raise FileNotFoundError(
                        f'{place} names the image {line}, and neither it nor '
                        f'the end of its path is below {place.parent}.'
                    )
                yield Path(found)
        else:
            found = place.rglob('*')
            yield from sorted(p for p in found if p.suffix.lower() in SUFFIXES)


def _read_rows(
    image: Path, count: int, dims: int
) -> list[tuple[int, list[float], np.ndarray]]:
    """Read the labels of an image: class, box and keypoints, in pixels.

    Args:
        image (Path): Its labels lie in ``labels`` in place of ``images``
        count (int): Number K of keypoints
        dims (int): Values of a keypoint: 3, or 2 without the flag

    Returns:
        list[tuple[int, list[float], np.ndarray]]: Of each animal the class,
        x, y, width and height of the box, and (K, 3): x, y and COCO's flag.
        Without flags a keypoint at (0, 0) or left or above of the image is
        not labelled.
    """
    parts = [*image.parts[:-1], f'{image.stem}.txt']
    if 'images' in parts:
        # the last one, as Ultralytics does
        last = len(parts) - 1 - parts[::-1].index('images')
        parts[last] = 'labels'
    path, rows = Path(*parts), []
    if not path.is_file():
        return rows
    lines = path.read_text(errors='replace').split('\n')
    size = read_size(image) if any(map(str.strip, lines)) else None
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        values = _parse(line)
        if len(values) != 5 + count * dims or not np.isfinite(values).all():
            raise ValueError(
                f'{path}, line {number}: a pose has {5 + count * dims} '
                f'numbers, class, box and {count} keypoints of {dims} values '
                f'as kpt_shape says, got {len(values)}: {line[:60]!r}. '
                'Correct the line, or remove it.'
            )
        center, extent = values[1:3] * size, values[3:5] * size
        points = values[5:].reshape(count, dims)
        if dims == 2:
            labelled = (points >= 0).all(1) & points.any(1)
            points = np.column_stack([points, 2 * labelled])
        points[:, :2] *= size
        points[points[:, 2] == 0, :2] = np.nan
        box = [*(center - extent / 2), *extent]
        rows.append((int(values[0]), box, points))
    return rows


def _parse(line: str) -> np.ndarray:
    """Return the numbers of a line; not a number for what is none."""
    try:
        return np.array(line.split(), dtype=float)
    except ValueError:
        return np.full(len(line.split()), np.nan)
