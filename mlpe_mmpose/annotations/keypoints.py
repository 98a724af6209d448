"""The keypoints of one annotation: x, y and flag of each, in one list."""

from collections.abc import Iterator, Sequence

from .fields import MAX_COORDINATE, Use, is_coordinate

# not labelled, occluded, visible
FLAGS = {0, 1, 2}


def check_keypoints(
    annotation: dict, use: Use, names: Sequence
) -> Iterator[str]:
    """Yield what is wrong with the keypoints of an annotation.

    An annotation without keypoints (a box only, or of another category) is
    not trained on, and the metric ignores it. ``[]`` is what some tools write
    for it; MMPose fails with it unless ``num_keypoints`` is 0. The position
    of a keypoint that is not labelled may be anything, as it is not read.

    Args:
        annotation (dict): The annotation, whose other fields are valid
        use (Use): What it is needed for
        names (Sequence): The names or numbers of the K keypoints; empty if
            they are unknown
    """
    values = annotation.get('keypoints', [])
    if not values and (
        Use.TRAIN not in use
        or 'keypoints' not in annotation
        or (values == [] and not annotation.get('num_keypoints'))
    ):
        return
    types = set(map(type, values)) if isinstance(values, list) else {list}
    if not types <= {int, float, type(None)}:
        yield (
            f"'keypoints' is {values!r:.60}; it needs to be one list of "
            'numbers, x, y, v of every keypoint, and 0, 0, 0 of one that is '
            'not labelled'
        )
    elif len(values) % 3 or (names and len(values) != 3 * len(names)):
        yield (
            f"'keypoints' has {len(values)} values instead of "
            f'{3 * len(names)}, x, y, v of {len(names)} keypoints'
        )
    elif (
        None in values
        or not FLAGS.issuperset(values[2::3])
        # which is false for the sum of NaN as well
        or not sum(map(abs, values)) <= MAX_COORDINATE
    ):
        yield from _check_values(values, use, names or range(len(values)))


def count_labels(annotation: dict) -> int:
    """Count the labelled keypoints of an annotation with valid keypoints."""
    flags = (annotation.get('keypoints') or ())[2::3]
    return sum(flag is not None and flag > 0 for flag in flags)


def _check_values(
    values: list[float], use: Use, names: Sequence
) -> Iterator[str]:
    for index in range(len(values) // 3):
        x, y, flag = values[3 * index : 3 * index + 3]
        # some of MMPose's data sets have other flags for a labelled keypoint
        if flag not in FLAGS and (
            Use.METAINFO in use or not (is_coordinate(flag) and flag > 0)
        ):
            yield (
                f"'keypoints' has the flag {flag} for keypoint "
                f'{names[index]!r}; those of COCO are 0 (not labelled), 1 '
                '(occluded), 2 (visible)'
            )
        elif flag and not (is_coordinate(x) and is_coordinate(y)):
            yield (
                f"'keypoints' has {names[index]!r} labelled, but at ({x}, "
                f'{y}); of a keypoint without a label, the flag is 0'
            )
