"""Tell occluded keypoints from visible ones."""

from collections.abc import Sequence

import numpy as np
from mmcv.transforms import BaseTransform
from mmpose.registry import TRANSFORMS


@TRANSFORMS.register_module()
class MarkOccludedKeypoints(BaseTransform):
    """Keep COCO's occlusion flags, which MMPose clamps away.

    MMPose reduces the flags 0 (not labelled), 1 (occluded) and 2 (visible)
    to 0 and 1. This transform reads the raw annotation again and gives
    ``keypoints_visible`` a second column, which stock transforms carry
    along and :class:`GenerateTarget` splits off. It must stand before any
    flip, since raw flags are in the annotation's order.

    Data sets without flags (no raw annotation, or one without ``keys``)
    count every labelled keypoint as visible, and so do samples whose
    ``keypoints_visible`` has two columns already (:class:`KeypointConverter`
    makes them).

    Note:
        - instance number: N
        - keypoint number: K

    Required Keys:

        - keypoints_visible: (N, K)
        - raw_ann_info (optional)

    Modified Keys:

        - keypoints_visible: (N, K, 2), 1 where labelled, 1 where visible

    Args:
        keys (Sequence[str]): Entries of the annotation that hold x, y, v of
            the keypoints, one after the other. Defaults to
            ``('keypoints', )``; COCO-WholeBody has ``'foot_kpts'``,
            ``'face_kpts'``, ``'lefthand_kpts'`` and ``'righthand_kpts'`` too
        visible_flag (int): The least flag that means visible. Defaults to 2;
            1 where flags are 0 and 1 only, as in PoseTrack18

    Raises:
        ValueError: If the sample was flipped before, or the annotation has
            another number of keypoints than the sample.
    """

    def __init__(
        self, keys: Sequence[str] = ('keypoints',), visible_flag: int = 2
    ) -> None:
        super().__init__()
        self.keys = tuple(keys)
        self.visible_flag = visible_flag

    def transform(self, results: dict) -> dict:
        """Add the column of visible keypoints; see the class."""
        labelled = results['keypoints_visible']
        if labelled.ndim == 3:
            return results
        if results.get('flip'):
            raise ValueError(
                f'{self.__class__.__name__} got a flipped sample. Put it '
                'before RandomFlip in the pipeline.'
            )
        visible = self._visible_flags(results, labelled)
        results['keypoints_visible'] = np.stack(
            [labelled, visible.astype(labelled.dtype)], axis=-1
        )
        return results

    def _visible_flags(
        self, results: dict, labelled: np.ndarray
    ) -> np.ndarray:
        """Tell whether each keypoint is labelled and visible, (N, K)."""
        annotations = results.get('raw_ann_info')
        if isinstance(annotations, dict):
            annotations = [annotations]
        if not annotations or any(
            key not in annotation
            for annotation in annotations
            for key in self.keys
        ):
            return labelled > 0
        flags = np.array(
            [
                [v for key in self.keys for v in annotation[key][2::3]]
                for annotation in annotations
            ]
        )
        if flags.shape != labelled.shape:
            raise ValueError(
                f'{self.__class__.__name__} found {flags.shape[-1]} keypoints '
                f'under {self.keys} of the annotation, but the sample has '
                f'{labelled.shape[-1]}. Set keys to the entries that its data '
                'set class reads.'
            )
        return (flags >= self.visible_flag) & (labelled > 0)

    def __repr__(self) -> str:
        """Name the class and its arguments."""
        return (
            f'{self.__class__.__name__}(keys={self.keys}, '
            f'visible_flag={self.visible_flag})'
        )
