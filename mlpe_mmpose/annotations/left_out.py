"""Which people MMPose leaves out of a top-down data set, and why."""

from collections.abc import Iterable, Mapping

import numpy as np

from .keypoints import count_labels


def find_left_out(
    annotations: Iterable[dict], images: Mapping[object, dict]
) -> dict[str, list]:
    """Find people with labelled keypoints that MMPose does not train on.

    MMPose leaves them out without a message. Crowds are not listed: nobody
    trains on them.

    Args:
        annotations (Iterable[dict]): Annotations that MMPose can read
        images (Mapping[object, dict]): The images by their ids

    Returns:
        dict[str, list]: The ids of annotations by the reason.
    """
    found = {}
    for annotation in annotations:
        image = images.get(annotation['image_id'])
        reason = _find_reason(annotation, image)
        if reason and count_labels(annotation):
            found.setdefault(reason, []).append(annotation['id'])
    return found


def _find_reason(annotation: dict, image: dict | None) -> str:
    if annotation.get('iscrowd') or not annotation.get('keypoints'):
        return ''
    if image is None:
        return "the file has no image with their 'image_id'"
    if 'bbox' not in annotation:
        return "they have no 'bbox'"
    if annotation.get('num_keypoints') == 0:
        return "'num_keypoints' is 0"
    # MMPose compares in float32
    x, y, width, height = annotation['bbox']
    for start, side, limit in (
        (x, width, image['width']),
        (y, height, image['height']),
    ):
        end = min(start + side, limit - 1)
        if not np.float32(max(0, start)) < np.float32(end):
            return 'their box has no area inside the image'
    values = annotation['keypoints']
    places = (values[i] for i in range(len(values)) if i % 3 < 2)
    if all(v is not None and np.float32(v) <= 0 for v in places):
        return 'no coordinate of their keypoints is above 0'
    return ''
