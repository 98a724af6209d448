"""The predicted people of a data set as columns, instead of dictionaries."""

import dataclasses

import numpy as np

from ..functional import oks_nms, soft_oks_nms


@dataclasses.dataclass
class People:
    """One row a person.

    Note:
        - number of people: M
        - number of keypoints: K

    Args:
        image_ids (np.ndarray): (M,), of any type; rows of an image follow
            each other
        category_ids (np.ndarray): (M,), of any type
        keypoints (np.ndarray): (M, K, 3), (x, y, score), pixels
        scores (np.ndarray): (M,)
        areas (np.ndarray): (M,), squared pixels
        boxes (np.ndarray, optional): (M, 4), [x, y, w, h], pixels
    """

    image_ids: np.ndarray
    category_ids: np.ndarray
    keypoints: np.ndarray
    scores: np.ndarray
    areas: np.ndarray
    boxes: np.ndarray | None

    def __len__(self) -> int:
        """Number of people."""
        return len(self.scores)

    @classmethod
    def nobody(cls) -> 'People':
        """Not a single row."""
        nothing = np.zeros(0)
        keypoints, boxes = np.zeros((0, 0, 3)), np.zeros((0, 4))
        return cls(nothing, nothing, keypoints, nothing, nothing, boxes)

    def take(self, rows: np.ndarray) -> 'People':
        """Those of some rows, in their order."""
        columns = (
            getattr(self, field.name) for field in dataclasses.fields(self)
        )
        return People(*(None if c is None else c[rows] for c in columns))

    def suppress(self, mode: str, thr: float, sigmas: np.ndarray) -> 'People':
        """Those whom OKS-NMS keeps, image after image.

        Args:
            mode (str): CocoMetric's ``nms_mode``
            thr (float): CocoMetric's ``nms_thr``
            sigmas (np.ndarray): (K,), labelling uncertainties
        """
        if mode == 'none' or not len(self):
            return self
        nms = oks_nms if mode == 'oks_nms' else soft_oks_nms
        sizes = np.bincount(numbered(self.image_ids))
        points = self.keypoints[..., :2]
        return self.take(
            nms(points, self.areas, self.scores, sizes, thr, sigmas)
        )


def numbered(values: np.ndarray) -> np.ndarray:
    """Replace values by 0, 1, ... in the order in which they appear."""
    numbers = {}
    return np.array(
        [numbers.setdefault(value, len(numbers)) for value in values],
        dtype=np.intp,
    )
