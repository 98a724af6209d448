"""Refuse annotations that MMPose accepts and cannot train on.

MMPose silently skips annotations without keypoints. It skips all annotations
of COCO's *instances* file, and MMEngine then fails with "need at least one
array to concatenate".

MMPose also accepts a box, a visibility, or a labelled keypoint that is not a
finite number (``NaN``, ``Infinity``, or ``null``, which NumPy reads as NaN).
One such annotation makes the loss NaN.
"""

import functools
from collections.abc import Sequence

import numpy as np
from mmpose.datasets.datasets.base import BaseCocoStyleDataset

FIELDS = ('bbox', 'keypoints', 'keypoints_visible')


def install() -> None:
    """Let MMPose's data sets check the annotations that they have read.

    A second call does nothing.
    """
    original = BaseCocoStyleDataset.load_data_list
    if hasattr(original, '__wrapped__'):
        return

    @functools.wraps(original)
    def load_data_list(self: BaseCocoStyleDataset) -> list[dict]:
        data_list = original(self)
        # check only where MMEngine would fail next
        if not data_list and self.serialize_data:
            raise ValueError(
                f'{type(self).__name__} finds no person with a box and '
                f'keypoints in ann_file={self.ann_file!r} (bbox_file='
                f"{self.bbox_file!r}). COCO's keypoints are in "
                'annotations/person_keypoints_*.json.'
            )
        _check_finite(self, data_list)
        return data_list

    BaseCocoStyleDataset.load_data_list = load_data_list


def _check_finite(
    dataset: BaseCocoStyleDataset, data_list: Sequence[dict]
) -> None:
    """Refuse boxes, visibilities and labelled keypoints that are not finite.

    Keypoints of visibility 0 may have any coordinates, which are not read.

    Raises:
        ValueError: If there is one; the message names the image, the
            annotation, the field and the value.
    """
    # One check of all annotations is fast; COCO has 150,000.
    if all(_is_finite(data_list, name) for name in FIELDS):
        return
    for info in data_list:
        row, fault = _find_fault(info, dataset.metainfo)
        if fault:
            # a bottom-up sample holds the annotations of a whole image
            number = np.atleast_1d(info.get('id', row))[row]
            source = 'bbox_file' if dataset.bbox_file else 'ann_file'
            kind = 'detection' if dataset.bbox_file else 'annotation'
            raise ValueError(
                f'{type(dataset).__name__}: {kind} {number} of image '
                f'{info.get("img_id")} in {source}='
                f'{getattr(dataset, source)!r} has a value that is not a '
                f'finite number (NaN, Infinity or null in the file): {fault}. '
                f'Correct it, or remove the {kind}; a keypoint that is not '
                'labelled needs visibility 0.'
            )


def _is_finite(data_list: Sequence[dict], name: str) -> bool:
    """Whether a field is finite in all samples that have it."""
    arrays = [info[name] for info in data_list if info.get(name) is not None]
    return not arrays or np.isfinite(np.concatenate(arrays, axis=None)).all()


def _find_fault(info: dict, metainfo: dict) -> tuple[int, str]:
    """Return the row and description of the first fault; '' for no fault."""
    boxes = info.get('bbox')
    if boxes is not None:
        for row in np.flatnonzero(~np.isfinite(boxes).all(-1)):
            return row, f'bbox as x1, y1, x2, y2: {boxes[row].tolist()}'
    visible = info.get('keypoints_visible')
    if visible is None:
        return 0, ''
    coordinates = info['keypoints']
    finite = np.isfinite(visible) & (
        np.isfinite(coordinates).all(-1) | (visible == 0)
    )
    for row, index in np.argwhere(~finite):
        name = metainfo.get('keypoint_id2name', {}).get(index, '')
        x, y = coordinates[row, index].tolist()
        values = [x, y, visible[row, index].item()]
        return row, f'keypoints[{index}] {name} as x, y, visibility: {values}'
    return 0, ''
