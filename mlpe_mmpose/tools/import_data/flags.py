"""What sleap-io drops of a COCO file: flags, pairs, and categories."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from mlpe_mmpose.annotations.metainfo import find_swaps


def hide_occluded(
    flags: Sequence[tuple[object, np.ndarray]], say: Callable[[str], None]
) -> None:
    """Mark the keypoints of flag 1 as hidden.

    Args:
        flags (Sequence): Poses of sleap-io, and (K,), the flags of their
            keypoints: 0 not labelled, 1 hidden, 2 visible. If none is 2, the
            source has another convention, by which 1 is visible.
        say (callable): Takes a note of that
    """
    if not any((found > 1).any() for _, found in flags):
        if any((found == 1).any() for _, found in flags):
            say(
                'note: no keypoint has the flag 2, so those with 1 count as '
                'visible'
            )
        return
    for pose, found in flags:
        pose.points['visible'] &= found != 1


def find_coco_flags(
    content: dict, labels: object
) -> list[tuple[object, np.ndarray]]:
    """Find the flags of poses that sleap-io has read from a COCO file.

    sleap-io 0.9.5 keeps the order of images and annotations.

    Args:
        content (dict): Content of the file, as ``prepare_coco`` returns it
        labels (sleap_io.Labels): What sleap-io has read

    Returns:
        list[tuple[sleap_io.Instance, np.ndarray]]: Each pose, and (K,), the
        flags of its keypoints.

    Raises:
        ValueError: If the poses of an image are not those of the file.
    """
    by_image: dict[object, list] = {}
    for pose in content['annotations']:
        of_image = by_image.setdefault(pose['image_id'], [])
        of_image.append(pose['keypoints'][2::3])
    images, flags = iter(content['images']), []
    for frame in labels:
        name = frame.video.filename[frame.frame_idx]
        image = next((i for i in images if i['file_name'] == name), {})
        found = by_image.get(image.get('id'), [])
        if len(found) != len(frame.instances):
            raise ValueError(
                f'{name} has {len(found)} poses in the file, and sleap-io '
                f'reads {len(frame.instances)}'
            )
        flags += zip(frame.instances, map(np.array, found), strict=True)
    return flags


def keep_swaps(content: dict, labels: object) -> None:
    """Give the skeletons the pairs that the ``flip_indices`` of a file name.

    Args:
        content (dict): Content of the file, as ``prepare_coco`` returns it
        labels (sleap_io.Labels): What sleap-io has read
    """
    for category in content['categories']:
        if category.get('flip_indices') is None:
            continue
        for skeleton in labels.skeletons:
            if skeleton.node_names == category.get('keypoints'):
                swaps = find_swaps(category).items()
                skeleton.add_symmetries([(a, b) for a, b in swaps if a < b])


def note_categories(
    source: Path, content: dict, say: Callable[[str], None]
) -> None:
    """Note categories of a COCO file that become one."""
    posed = {a['category_id'] for a in content['annotations'] if _posed(a)}
    names = [
        str(category.get('name'))
        for category in content['categories']
        if category['id'] in posed and category.get('keypoints')
    ]
    if len(names) > 1:
        say(
            f'note: {source} has poses of {len(names)} categories, '
            f'{", ".join(names)}. They become one category, whose network '
            'does not tell them apart.'
        )


def _posed(annotation: dict) -> bool:
    return any((annotation.get('keypoints') or ())[2::3])
