"""The detections of a results file as arrays."""

import dataclasses

import numpy as np


@dataclasses.dataclass
class People:
    """Predicted people; every row of the arrays is one detection.

    Note:
        - number of detections: M
        - number of keypoints: K

    Args:
        image_ids (np.ndarray): (M,), numbers of the images, as in
            ``GroundTruth.images``
        category_ids (np.ndarray): (M,)
        keypoints (np.ndarray): (M, K, 3), (x, y, score), pixels
        scores (np.ndarray): (M,)
        boxes (np.ndarray, optional): (M, 4), [x, y, w, h], pixels
    """

    image_ids: np.ndarray
    category_ids: np.ndarray
    keypoints: np.ndarray
    scores: np.ndarray
    boxes: np.ndarray | None

    def __len__(self) -> int:
        """Return the number of detections."""
        return len(self.scores)

    def as_rows(self, image_ids: np.ndarray) -> list[dict]:
        """Return the detections in the form of ``evaluate_in_cpp``.

        Args:
            image_ids (np.ndarray): (I,), the ids of the images
        """
        if self.boxes is not None:
            sides = self.boxes[:, 2:]
        else:
            sides = np.ptp(self.keypoints[..., :2], axis=1)
        columns = dict(
            image_id=image_ids[self.image_ids].tolist(),
            category_id=self.category_ids.tolist(),
            area=sides.prod(axis=1).tolist(),
            score=self.scores.tolist(),
            keypoints=self.keypoints.reshape(len(self), -1),
        )
        rows = zip(*columns.values(), strict=True)
        return [dict(zip(columns, row, strict=True)) for row in rows]
