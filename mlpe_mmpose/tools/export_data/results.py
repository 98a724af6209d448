"""Results and images in COCO's format, as labels of sleap-io."""

from pathlib import Path

import numpy as np

from mlpe_mmpose.annotations.faults import read_json

from ..results_file import read_results


def read_labels(
    results: Path, ann_file: Path, images: Path, min_score: float
) -> object:
    """Read predicted poses, and the images that they belong to.

    Args:
        results (Path): A list of ``image_id``, ``keypoints``, x, y and score
            of K keypoints, ``score``, and maybe ``track_id``
        ann_file (Path): COCO file with the images, and a category with the
            names of the keypoints
        images (Path): Folder of the images
        min_score (float): Keypoints of a lower score are left out

    Returns:
        sleap_io.Labels: All images with a pose. Images of one folder and size
        are a video, as sleap-io has it.

    Raises:
        OSError: If a file is missing.
        ValueError: If a file has another format, or both do not fit.
    """
    import sleap_io

    content = read_json(ann_file)
    skeleton = _read_skeleton(content, ann_file)
    places = _place_images(content, ann_file, images)
    poses = read_results(results)
    tracks: dict[object, object] = {}
    frames: dict[object, object] = {}
    for number, pose in enumerate(poses):
        place = f'{results}, pose {number} (from 0)'
        points, image_id = _check_pose(place, pose, len(skeleton), places)
        points[points[:, 2] < min_score, :2] = np.nan
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
    return sleap_io.Labels(
        list(frames.values()),
        skeletons=[skeleton],
        tracks=list(tracks.values()),
    )


def _read_skeleton(content: object, ann_file: Path) -> object:
    """Return the names and links of the keypoints."""
    import sleap_io

    categories = content.get('categories') if isinstance(content, dict) else ()
    for category in categories or ():
        if category.get('keypoints'):
            links = [(a - 1, b - 1) for a, b in category.get('skeleton') or ()]
            return sleap_io.Skeleton(
                list(category['keypoints']), links, name=category.get('name')
            )
    raise ValueError(
        f"{ann_file} has no category with 'keypoints', the list of their "
        'names. Give the annotations that the model was tested on.'
    )


def _place_images(content: dict, ann_file: Path, folder: Path) -> dict:
    """Return the video and the index in it of every image, by its id."""
    import sleap_io

    files, keys = {}, {}
    for image in content.get('images') or ():
        path = folder / image['file_name']
        key = path.parent, image.get('width'), image.get('height')
        group = files.setdefault(key, [])
        keys[image['id']] = key, len(group)
        group.append(str(path))
    if not files:
        raise ValueError(f"{ann_file} has no 'images'.")
    missing = [f for group in files.values() for f in group]
    missing = [f for f in missing if not Path(f).is_file()]
    if missing:
        raise FileNotFoundError(
            f'{folder} lacks {len(missing)} of the images of {ann_file}, as '
            f'{missing[0]}. Give their folder with --images.'
        )
    videos = {
        key: sleap_io.Video.from_filename(group)
        for key, group in files.items()
    }
    return {name: (videos[key], index) for name, (key, index) in keys.items()}


def _check_pose(
    place: str, pose: object, number: int, places: dict
) -> tuple[np.ndarray, object]:
    """Return (K, 3), x, y and score, and the id of the image."""
    needed = ('image_id', 'keypoints', 'score')
    if not isinstance(pose, dict) or not all(key in pose for key in needed):
        raise ValueError(f'{place} needs {", ".join(needed)}: {pose!r:.60}.')
    if pose['image_id'] not in places:
        raise ValueError(
            f'{place}: image_id {pose["image_id"]!r} is not in the list of '
            'images. Give the file that the model was tested on.'
        )
    try:
        points = np.array(pose['keypoints'], float)
    except (TypeError, ValueError):
        points = np.array([np.nan])
    if points.shape != (3 * number,) or not np.isfinite(points).all():
        raise ValueError(
            f'{place}: keypoints need to be {3 * number} numbers, x, y and '
            f'score of {number} keypoints, got {pose["keypoints"]!r:.60}.'
        )
    return points.reshape(number, 3), pose['image_id']
