"""A clear error for an annotation file without keypoints.

MMPose skips annotations without keypoints silently. Given COCO's *instances*
file in place of *person_keypoints* it is left with none, and MMEngine then
fails with "need at least one array to concatenate".
"""

import functools

from mmpose.datasets.datasets.base import BaseCocoStyleDataset


def install() -> None:
    """Let MMPose's data sets say that they are empty, and why.

    Only where MMEngine would fail next; a second call does nothing.
    """
    original = BaseCocoStyleDataset.load_data_list
    if hasattr(original, '__wrapped__'):
        return

    @functools.wraps(original)
    def load_data_list(self: BaseCocoStyleDataset) -> list[dict]:
        data_list = original(self)
        if not data_list and self.serialize_data:
            raise ValueError(
                f'{type(self).__name__} finds no person with a box and '
                f'keypoints in ann_file={self.ann_file!r} (bbox_file='
                f"{self.bbox_file!r}). COCO's keypoints are in "
                'annotations/person_keypoints_*.json.'
            )
        return data_list

    BaseCocoStyleDataset.load_data_list = load_data_list
