"""Results and images in COCO's format, as labels of sleap-io.

Import this module only where sleap-io is installed.
"""

from pathlib import Path

import numpy as np
import sleap_io
from PIL import Image, UnidentifiedImageError

from mlpe_mmpose.annotations.faults import read_json, refuse_faults
from mlpe_mmpose.annotations.fields import Use
from mlpe_mmpose.annotations.metainfo import (
    find_metainfo_faults,
    find_named,
    find_swaps,
)
from mlpe_mmpose.annotations.read import require_images
from mlpe_mmpose.annotations.rules import find_image_faults, find_list_faults

from ..read_image import is_turned
from ..results_file import read_results


def read_labels(
    results: Path,
    ann_file: Path,
    images: Path,
    min_score: float,
    by_size: bool = True,
) -> sleap_io.Labels:
    """Read predicted poses, and the images that they belong to.

    Args:
        results (Path): A list of ``image_id``, ``keypoints``, x, y and score
            of K keypoints, ``score``, and maybe ``track_id``
        ann_file (Path): COCO file with the images, and a category with the
            names of the keypoints
        images (Path): Folder of the images
        min_score (float): Keypoints of a lower score are left out, and poses
            without another keypoint
        by_size (bool): Whether images of one folder and size are a video, as
            sleap-io has it, or all images of a folder. Defaults to ``True``

    Returns:
        sleap_io.Labels: All images with a pose.

    Raises:
        OSError: If a file is missing.
        ValueError: If a file has another format, both do not fit, an EXIF
            tag turns an image, or no pose is left.
    """
    content = read_json(ann_file)
    faults = find_list_faults(content, ('images', 'categories'))
    refuse_faults(ann_file, faults)
    skeleton = _read_skeleton(content['categories'], ann_file)
    places = _place_images(content['images'], ann_file, images, by_size)
    tracks: dict[object, sleap_io.Track] = {}
    frames: dict[object, sleap_io.LabeledFrame] = {}
    for pose in read_results(results, places, len(skeleton)):
        points = np.array(pose['keypoints'], float).reshape(-1, 3)
        image_id = pose['image_id']
        # no score reaches a min_score of NaN
        unsure = ~(points[:, 2] >= min_score)
        if unsure.all():
            continue
        points[unsure, :2] = np.nan
        if image_id not in frames:
            video, index = places[image_id]
            frames[image_id] = sleap_io.LabeledFrame(video, index)
        identity = pose.get('track_id')
        if identity is not None and identity not in tracks:
            tracks[identity] = sleap_io.Track(name=f'track{identity}')
        instance = sleap_io.PredictedInstance.from_numpy(
            points_data=points[:, :2],
            skeleton=skeleton,
            point_scores=points[:, 2],
            score=float(pose['score']),
            track=tracks.get(identity),
        )
        frames[image_id].instances.append(instance)
    if not frames:
        raise ValueError(
            f'{results} has no keypoint with a score of at least {min_score}. '
            'Give a lower --min-score.'
        )
    return sleap_io.Labels(
        list(frames.values()),
        skeletons=[skeleton],
        tracks=list(tracks.values()),
    )


def _read_skeleton(categories: list, ann_file: Path) -> sleap_io.Skeleton:
    """Return names, links and pairs of left and right of the keypoints."""
    refuse_faults(ann_file, find_metainfo_faults(categories))
    category = find_named(categories)[0]
    # COCO counts keypoints from 1
    links = [(a - 1, b - 1) for a, b in category.get('skeleton') or ()]
    names = list(category['keypoints'])
    # each pair once, though it is there from both sides
    pairs = [(a, b) for a, b in find_swaps(category).items() if a < b]
    return sleap_io.Skeleton(names, links, pairs, name=category.get('name'))


def _place_images(
    images: list, ann_file: Path, folder: Path, by_size: bool
) -> dict:
    """Return the video and the index in it of every image, by its id."""
    refuse_faults(ann_file, find_image_faults(images, Use.TRAIN))
    files, keys = {}, {}
    for image in images:
        path = folder / image['file_name']
        size = (image.get('width'), image.get('height')) if by_size else ()
        key = path.parent, *size
        group = files.setdefault(key, [])
        keys[image['id']] = key, len(group)
        group.append(str(path))
    require_images(ann_file, images, folder)
    _refuse_turned([f for group in files.values() for f in group])
    videos = {
        key: sleap_io.Video.from_filename(group)
        for key, group in files.items()
    }
    return {name: (videos[key], index) for name, (key, index) in keys.items()}


def _refuse_turned(paths: list[str]) -> None:
    """Refuse images that predictions see turned, and other tools do not."""
    for path in paths:
        try:
            with Image.open(path) as image:
                turned = is_turned(image)
        except UnidentifiedImageError:
            continue  # no JPEG, PNG, TIFF or WebP file, which have the tag
        if turned:
            raise ValueError(
                f'{path} has an EXIF tag by which it was turned before its '
                'poses were predicted, and other tools show it unturned. Turn '
                'its pixels (mogrify -auto-orient FILE); the predictions then '
                'fit.'
            )
