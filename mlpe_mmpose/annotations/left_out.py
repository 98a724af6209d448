"""Which people MMPose leaves out of a top-down data set, and why."""

from collections.abc import Iterable, Mapping

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
    x, y, width, height = annotation['bbox']
    if not (
        max(0, x) < min(x + width, image['width'] - 1)
        and max(0, y) < min(y + height, image['height'] - 1)
    ):
        return 'their box has no area inside the image'
    values = annotation['keypoints']
    places = (values[i] for i in range(len(values)) if i % 3 < 2)
    if all(place is not None and place <= 0 for place in places):
        return 'no coordinate of their keypoints is above 0'
    return ''
