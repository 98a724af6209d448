"""From the labels of another tool to COCO files that train."""

import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path

from ..output_file import write_then_check
from .coco_files import find_video, make_coco, write_image
from .sources import labelled_poses, read_source, user_frames
from .splits import choose_validation


def import_data(
    source: str | Path,
    out_dir: str | Path,
    images: str | Path | None = None,
    val: float = 0.1,
    seed: int = 0,
    whole_image: bool = False,
    say: Callable[[str], None] = print,
) -> dict[str, Path]:
    """Write the labels of another tool as COCO files, with their images.

    sleap-io reads them: projects of DeepLabCut, folders of YOLO-pose, files
    of SLEAP, Label Studio, NWB, COCO and more. Images are copied; frames of
    videos are extracted as PNG files. Only labels count, not predictions.

    Args:
        source (str | Path): The file or folder
        out_dir (str | Path): The new folder: ``images/``, ``train.json``,
            ``val.json``, and ``test.json`` if the source has a test split
        images (str | Path, optional): Where the videos or images lie, if the
            source does not find them
        val (float): Part of the frames to validate on, in [0, 1); whole
            videos, or folders of images, where there are several. A split of
            the source comes first. Defaults to 0.1
        seed (int): Seed of that choice. Defaults to 0
        whole_image (bool): Whether the box of an animal is the image.
            Defaults to ``False``: the box of the source, or else one around
            the keypoints
        say (callable): Takes notes. Defaults to ``print``

    Returns:
        dict[str, Path]: The written COCO files by the name of their split.

    Raises:
        MissingPackageError: If sleap-io is not installed.
        OSError: If the source, a video or an image is missing, or ``out_dir``
            exists.
        ValueError: If ``val`` is out of range, or the source is not such
            labels: no labelled frame, 3D, different keypoints. Nothing is
            written.
    """
    out_dir = Path(out_dir)
    if not 0 <= val < 1:
        raise ValueError(
            f'import_data needs val of at least 0 and below 1, got val={val}.'
        )
    if out_dir.exists() and (
        # "." cannot be replaced
        not out_dir.name or not out_dir.is_dir() or any(out_dir.iterdir())
    ):
        raise FileExistsError(f'{out_dir} exists. Name a new folder.')
    source = Path(source)
    splits = read_source(source, images and Path(images), say)
    splits = {name: user_frames(labels) for name, labels in splits.items()}
    if len(splits) == 1:
        splits = _split(*splits.values(), val, seed)
    out_dir.parent.mkdir(parents=True, exist_ok=True)
    with write_then_check(out_dir) as unproven:
        unproven.mkdir()
        notes = _write(splits, unproven, whole_image)
    paths = {name: out_dir / f'{name}.json' for name in splits}
    for note in (*notes, *_next_steps(out_dir, splits)):
        say(note)
    return paths


def _split(frames: list, val: float, seed: int) -> dict[str, list]:
    """Part the frames of a source without a split."""
    if val == 0:
        return {'train': frames}
    groups = [str(find_video(frame)) for frame in frames]
    chosen = choose_validation(groups, val, seed)
    pairs = list(zip(frames, chosen, strict=True))
    return {
        'train': [frame for frame, in_val in pairs if not in_val],
        'val': [frame for frame, in_val in pairs if in_val],
    }


def _write(
    splits: dict[str, list], folder: Path, whole_image: bool
) -> list[str]:
    """Write images and COCO files; return what to say about them."""
    poses = [
        pose
        for frames in splits.values()
        for frame in frames
        for pose in labelled_poses(frame)
    ]
    skeleton = poses[0].skeleton
    tracks = list(dict.fromkeys(p.track for p in poses if p.track is not None))
    notes, outside = [], 0
    for name, frames in splits.items():
        written = [write_image(frame, folder / 'images') for frame in frames]
        content, lost = make_coco(
            skeleton, zip(frames, written, strict=True), tracks, whole_image
        )
        outside += lost
        (folder / f'{name}.json').write_text(json.dumps(content))
        videos = {find_video(frame) for frame in frames}
        notes.append(
            f'{name}.json: {len(frames)} frames, '
            f'{len(content["annotations"])} poses, from '
            f'{len(videos)} video{"s" if len(videos) > 1 else ""}'
        )
    if outside:
        notes.append(
            f'note: {outside} keypoints outside of their image count as not '
            'labelled'
        )
    for pair in skeleton.symmetry_names:
        notes.append(f'note: {" and ".join(pair)} swap places in a mirror')
    return notes


def _next_steps(out_dir: Path, splits: dict[str, list]) -> list[str]:
    """Return the command that makes a config."""
    quoted = {
        name: shlex.quote(str(out_dir / f'{name}.json')) for name in splits
    }
    command = [
        'python -m mlpe_mmpose init-dataset',
        quoted.get('train', next(iter(quoted.values()))),
        f'--images {shlex.quote(str(out_dir / "images"))}',
    ]
    if 'val' in quoted:
        command.append(f'--val {quoted["val"]}')
    name = re.sub(r'[^\w-]', '_', out_dir.resolve().name)
    return ['next:', ' '.join(['   ', *command, f'--name {name}'])]
