"""Clear errors for annotations that MMPose accepts and cannot train on.

MMPose skips annotations without keypoints silently. Given COCO's *instances*
file in place of *person_keypoints* it is left with none, and MMEngine then
fails with "need at least one array to concatenate".

A box, a visibility, or a labelled keypoint that is not a finite number
(``NaN``, ``Infinity``, or ``null``, which NumPy reads as NaN) passes all of
MMPose's checks, and one such sample makes the loss NaN.
"""

import functools
from collections.abc import Sequence

import numpy as np
from mmpose.datasets.datasets.base import BaseCocoStyleDataset

FIELDS = ('bbox', 'keypoints', 'keypoints_visible')


def install() -> None:
    """Let MMPose's data sets check what they have read.

    A second call does nothing.
    """
    original = BaseCocoStyleDataset.load_data_list
    if hasattr(original, '__wrapped__'):
        return

    @functools.wraps(original)
    def load_data_list(self: BaseCocoStyleDataset) -> list[dict]:
        data_list = original(self)
        # only where MMEngine would fail next
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

    Keypoints of visibility 0 may have any coordinates: nobody reads them.

    Raises:
        ValueError: Names the image, the annotation, the field and the value
            of the first one.
    """
    # all at once first: COCO has 150,000 persons
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
    """Whether a field holds finite numbers only, in all samples."""
    arrays = [info[name] for info in data_list if info.get(name) is not None]
    return not arrays or np.isfinite(np.concatenate(arrays, axis=None)).all()


def _find_fault(info: dict, metainfo: dict) -> tuple[int, str]:
    """The row and the description of the first fault, '' if there is none."""
    boxes = info.get('bbox')
    if boxes is not None:
        for row in np.flatnonzero(~np.isfinite(boxes).all(-1)):
            return row, f'bbox as x1, y1, x2, y2: {boxes[row].tolist()}'
    visible = info.get('keypoints_visible')
    if visible is None:
        return 0, ''
    places = info['keypoints']
    finite = np.isfinite(visible) & (
        np.isfinite(places).all(-1) | (visible == 0)
    )
    for row, index in np.argwhere(~finite):
        name = metainfo.get('keypoint_id2name', {}).get(index, '')
        values = [*places[row, index].tolist(), visible[row, index].item()]
        return row, f'keypoints[{index}] {name} as x, y, visibility: {values}'
    return 0, ''
