"""Labels of other tools, read by sleap-io and checked."""

import json
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path

from mlpe_mmpose.optional import require

from .coco_source import prepare_coco
from .dlc_source import prepare_dlc
from .find_files import SourceError, find_below, refuse_one_for_two
from .flags import (
    find_coco_flags,
    hide_occluded,
    keep_swaps,
    note_categories,
)
from .keypoints import read_keypoints
from .yolo_files import read_yolo


def read_source(
    source: Path, images: Path | None, say: Callable[[str], None]
) -> dict[str, object]:
    """Read labels, and check that frames with poses in 2D are among them.

    Args:
        source (Path): A file or folder that sleap-io reads
        images (Path, optional): Where the videos or images lie
        say (callable): Takes the warnings of sleap-io

    Returns:
        dict[str, sleap_io.Labels]: The labels of each split, by its name;
        those of a source without a split have the name ``''``.

    Raises:
        FileNotFoundError: If the source, a video or an image is missing.
        ValueError: If sleap-io cannot read the source, or it has no labelled
            frame, poses in 3D, or several lists of keypoints.
    """
    require('sleap_io', 'import-data')
    if not source.exists():
        raise FileNotFoundError(f'{source} does not exist.')
    folder = source.parent if source.name == 'data.yaml' else source
    if (folder / 'data.yaml').is_file():
        splits = read_yolo(folder, say)
    else:
        splits = {'': _load(source, images, say)}
    for labels in splits.values():
        _close_videos(labels)
        if images is not None:
            _look_in(images, labels)
        _check_frames(source, labels)
    _check_names(source, splits)
    return {name: kept for name, kept in splits.items() if user_frames(kept)}


def user_frames(labels: object) -> list:
    """Return the frames that a person has labelled, in their order."""
    return [frame for frame in labels if labelled_poses(frame)]


def labelled_poses(frame: object) -> list:
    """Return the poses of a frame that have a labelled keypoint."""
    return [
        pose
        for pose in frame.user_instances
        if read_keypoints(pose)[:, 2].any()
    ]


def _load(
    source: Path, images: Path | None, say: Callable[[str], None]
) -> object:
    """Let sleap-io read a source, and pass on its warnings."""
    import sleap_io

    options, is_json = {}, source.suffix.lower() == '.json'
    if images is not None and is_json:
        options = dict(dataset_root=str(images))
    with (
        tempfile.TemporaryDirectory() as place,
        warnings.catch_warnings(record=True) as caught,
    ):
        warnings.simplefilter('always', UserWarning)
        copy = Path(place, source.name)
        try:
            content = json.loads(source.read_bytes()) if is_json else None
            if isinstance(content, dict) and 'categories' in content:
                folder = images or source.parent
                content = prepare_coco(content, source, folder, say)
                copy.write_text(json.dumps(content))
                labels = sleap_io.load_file(copy)
                keep_swaps(content, labels)
                note_categories(source, content, say)
                hide_occluded(find_coco_flags(content, labels), say)
            else:
                table = prepare_dlc(source, images, Path(place), say)
                copy = table or copy
                labels = sleap_io.load_file(table or source, **options)
                if isinstance(content, list):
                    _sort_keypoints(labels)
            if not isinstance(labels, sleap_io.Labels):
                raise ValueError('it is a video, and has no labels')
        except (SourceError, FileNotFoundError):
            raise
        except Exception as error:
            # each reader of sleap-io raises other exceptions
            text = str(error).replace(str(copy), str(source))
            raise ValueError(
                f'sleap-io cannot read {source}: {type(error).__name__}: '
                f'{text}'
            ) from error
    for warning in caught:
        if issubclass(warning.category, UserWarning):
            text = str(warning.message).replace(str(copy), str(source))
            say(f'note: {text.replace("`dataset_root`", "--images")}')
    return labels


def _sort_keypoints(labels: object) -> None:
    """Give the keypoints of Label Studio the order of their names.

    sleap-io 0.9.5 collects the names in a set, whose order is another one in
    each process, so that a checkpoint would not fit a second import.
    """
    for skeleton in labels.skeletons:
        labels.reorder_nodes(sorted(skeleton.node_names), skeleton)


def _close_videos(labels: object) -> None:
    """Forget readers of videos that are none.

    sleap-io 0.9.5 gives a video of Label Studio its shape as its reader.
    """
    for video in labels.videos:
        if isinstance(video.backend, (list, tuple)):
            video.backend = None


def _look_in(folder: Path, labels: object) -> None:
    """Find missing files below a folder, by their paths or path ends."""
    names_of: dict[str, str] = {}
    for video in labels.videos:
        names = video.filename
        listed = names if isinstance(names, list) else [names]
        found = [
            name if Path(name).exists() else find_below(folder, name) or name
            for name in listed
        ]
        for name, path in zip(listed, found, strict=True):
            refuse_one_for_two(names_of, path, name, folder)
        if found != listed:
            video.replace_filename(found if listed is names else found[0])


def _check_frames(source: Path, labels: object) -> None:
    """Refuse labels in 3D, without a pose, or with missing files."""
    if labels.sessions:
        raise ValueError(
            f'{source} has recordings of several calibrated cameras, that is '
            'poses in 3D. This package predicts in 2D: save the labels of '
            'each camera to a file of their own.'
        )
    for frame in user_frames(labels):
        video = frame.video
        files = video.filename
        if isinstance(files, list):
            # a list that is too short lacks files that are not on the disk
            here = frame.frame_idx < len(files)
            here = here and Path(files[frame.frame_idx]).is_file()
            named = files[min(frame.frame_idx, len(files) - 1)]
        else:
            here, named = video.exists(), files
        if not here:
            raise FileNotFoundError(
                f'{source}: images or videos are missing, as {named} (frame '
                f'{frame.frame_idx}). Name the folder that has them, by this '
                'path or the end of it, with --images.'
            )


def _check_names(source: Path, splits: dict[str, object]) -> None:
    """Check that there are poses, all with the same keypoints."""
    names = {
        tuple(pose.skeleton.node_names)
        for labels in splits.values()
        for frame in user_frames(labels)
        for pose in labelled_poses(frame)
    }
    if not names:
        predicted = sum(
            len(frame.predicted_instances)
            for labels in splits.values()
            for frame in labels
        )
        raise ValueError(
            f'{source} has no labelled frame'
            + (f', only {predicted} predicted poses.' if predicted else '.')
            + ' A pose counts if a person has labelled one of its keypoints, '
            'and its frame is there.'
        )
    if len(names) > 1:
        raise ValueError(
            f'{source} has poses with different keypoints: '
            f'{" and ".join(str(list(n)) for n in sorted(names))}. A model '
            'predicts those of one list: save them to files of their own.'
        )
