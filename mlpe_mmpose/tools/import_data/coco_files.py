"""Frames of sleap-io as image files and entries of COCO's format."""

import re
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from mlpe_mmpose.tools.read_image import is_turned, read_image

from .keypoints import read_keypoints

# Our choice: how far a box reaches beyond the keypoints on each side, as a
# part of their longer side, because a body ends outside its joints; and the
# least, in pixels, for an animal with one labelled keypoint.
MARGIN, LEAST = 0.2, 16


def find_video(frame: object) -> Path:
    """Return the video of a frame: its file, or the folder of its images.

    Videos of different folders may have one name, as those of a camera.
    """
    files = frame.video.filename
    if isinstance(files, list):
        return Path(files[frame.frame_idx]).parent
    # frames inside a package of SLEAP know the video that they come from
    source = frame.video.source_video
    name = source.filename if source is not None else files
    if isinstance(name, list):
        name = name[0]
    return Path(name.replace('\\', '/'))


def name_folder(frame: object) -> str:
    """Name the folder of the images of a frame's video."""
    video = find_video(frame)
    if isinstance(frame.video.filename, list):
        return video.name or 'images'
    return video.stem


def write_image(frame: object, folder: Path) -> tuple[str, int, int]:
    """Copy the image of a frame, or extract it from the video.

    Args:
        frame (sleap_io.LabeledFrame): The frame
        folder (Path): Where each video has its folder of images

    Returns:
        tuple[str, int, int]: Path of the image in the folder, with ``/``,
        width and height in pixels.

    Raises:
        ValueError: If the image cannot be read, or has to be turned.
    """
    name = name_folder(frame)
    out = folder / re.sub(r'[^\w.-]', '_', name).lstrip('.')
    out.mkdir(parents=True, exist_ok=True)
    files = frame.video.filename
    if isinstance(files, list):
        source = Path(files[frame.frame_idx])
        path = _free_path(out / source.name)
        width, height = read_size(source)
        shutil.copyfile(source, path)
    else:
        path = _free_path(out / f'{frame.frame_idx:06d}.png')
        try:
            image = frame.image
        except Exception as error:
            # each reader of videos raises other exceptions
            raise ValueError(
                f'{files}: frame {frame.frame_idx} cannot be read: {error}'
            ) from error
        height, width, channels = image.shape
        # sleap-io reads colours as red, green, blue
        pixels = image[..., ::-1] if channels == 3 else image
        # cv2.imwrite would raise no error on a full disk
        path.write_bytes(cv2.imencode('.png', pixels)[1])
    return path.relative_to(folder).as_posix(), width, height


def read_size(path: Path) -> tuple[int, int]:
    """Return width and height of an image file in pixels.

    Raises:
        ValueError: If the image cannot be read, or has to be turned.
    """
    try:
        # Training reads it in the same way. PIL opens what OpenCV cannot
        # read, as TIFF files of 32 bits.
        height, width = read_image(path).shape[:2]
        with Image.open(path) as image:
            turned = is_turned(image)
    except OSError as error:
        raise ValueError(
            f'{path} is no image for a training: {error}.'
        ) from error
    if turned:
        # only some tools for labels show the image turned
        raise ValueError(
            f'{path} has an EXIF tag by which it is turned in training, '
            'and nothing says whether it was labelled so. If it was, turn '
            'its pixels (mogrify -auto-orient FILE), otherwise remove the '
            'tag (exiftool -Orientation= FILE).'
        )
    return width, height


def _free_path(path: Path) -> Path:
    """Number a file whose name is taken, as by a folder of the same name."""
    number, free = 1, path
    while free.exists():
        free = path.with_name(f'{path.stem}_{number}{path.suffix}')
        number += 1
    return free


def make_coco(
    skeleton: object,
    frames: Iterable[tuple[object, tuple[str, int, int]]],
    tracks: Sequence[object],
    whole_image: bool,
) -> tuple[dict, int]:
    """Write frames in COCO's format.

    A keypoint outside of the image counts as not labelled, because nothing of
    it can be seen. No pose has an ``area``: OKS takes it from the boxes.

    Args:
        skeleton (sleap_io.Skeleton): Names and links of K keypoints
        frames (Iterable): Frames, and path, width and height of their images
        tracks (Sequence[sleap_io.Track]): Identities, which become
            ``track_id``, counted from 0
        whole_image (bool): Whether the image is the box

    Returns:
        tuple[dict, int]: The content of the file, and how many keypoints were
        outside of their image.
    """
    images, annotations, outside = [], [], 0
    for frame, (file_name, width, height) in frames:
        image_id = len(images) + 1
        images.append(
            dict(id=image_id, file_name=file_name, width=width, height=height)
        )
        for pose in frame.user_instances:
            points = read_keypoints(pose)
            lost = _find_outside(points, width, height)
            points[lost] = 0
            outside += int(lost.sum())
            if not points[:, 2].any():
                continue
            box = [0, 0, width, height]
            if not whole_image:
                box = _find_box(frame, pose, points, width, height)
            annotation = dict(
                id=len(annotations) + 1,
                image_id=image_id,
                category_id=1,
                bbox=box,
                iscrowd=0,
                keypoints=points.round(3).ravel().tolist(),
                num_keypoints=int((points[:, 2] > 0).sum()),
            )
            if pose.track is not None:
                annotation['track_id'] = tracks.index(pose.track)
            annotations.append(annotation)
    category = dict(
        id=1,
        name=skeleton.name or 'animal',
        keypoints=skeleton.node_names,
        skeleton=[[a + 1, b + 1] for a, b in skeleton.edge_inds],
    )
    if skeleton.symmetries:
        category['flip_indices'] = skeleton.get_flipped_node_inds()
    content = dict(
        images=images, annotations=annotations, categories=[category]
    )
    return content, outside


def _find_outside(points: np.ndarray, width: int, height: int) -> np.ndarray:
    inside = (points[:, :2] >= 0) & (points[:, :2] <= (width, height))
    return ~inside.all(1) & (points[:, 2] > 0)


def _find_box(
    frame: object, pose: object, points: np.ndarray, width: int, height: int
) -> list[float]:
    """Return [x, y, w, h]: the box of the source, or around the keypoints."""
    for box in frame.bboxes:
        # some tools write a box of zeros where they have keypoints only
        if box.instance is pose and min(box.xywh[2:]) > 0:
            return [float(value) for value in box.xywh]
    xy = points[points[:, 2] > 0, :2]
    low, high = xy.min(0), xy.max(0)
    margin = max(MARGIN * (high - low).max(), LEAST)
    low = (low - margin).clip(0)
    high = (high + margin).clip(None, (width, height))
    return np.concatenate([low, high - low]).round(3).tolist()
