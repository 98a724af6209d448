"""The detections of a results file as arrays."""

import dataclasses
from pathlib import Path

import numpy as np

from ...results_file import fit_categories, read_results
from .ground_truth import GroundTruth


@dataclasses.dataclass
class Detections:
    """Predicted people; every row of the arrays is one detection.

    Note:
        - number of detections: D
        - number of keypoints: K

    Args:
        images (np.ndarray): (D,), numbers of the images, as in
            ``GroundTruth.images``
        category_ids (np.ndarray): (D,)
        keypoints (np.ndarray): (D, K, 3), (x, y, score), pixels
        scores (np.ndarray): (D,)
        areas (np.ndarray): (D,), squared pixels, of the boxes; of the box
            around the keypoints if any detection of the file has no box
    """

    images: np.ndarray
    category_ids: np.ndarray
    keypoints: np.ndarray
    scores: np.ndarray
    areas: np.ndarray

    @classmethod
    def from_file(
        cls, path: Path, num_keypoints: int, truth: GroundTruth
    ) -> 'Detections':
        """Read the detections of a ``*.keypoints.json`` file.

        Args:
            path (Path): The file, written by FastCocoMetric or CocoMetric
            num_keypoints (int): K
            truth (GroundTruth): The annotations of the results

        Raises:
            OSError: If the file cannot be read.
            ValueError: If the file has another format or no detection, or
                other keypoints, images or categories than the annotations.
        """
        numbers = {name: i for i, name in enumerate(truth.image_ids.tolist())}
        known = truth.category_ids[truth.evaluated].tolist()
        results = read_results(path, numbers, num_keypoints)
        fit_categories(path, results, known)
        keypoints = np.array([r['keypoints'] for r in results], float)
        keypoints = keypoints.reshape(len(results), num_keypoints, 3)
        sides = np.ptp(keypoints[..., :2], axis=1)
        if all(result.get('bbox') is not None for result in results):
            sides = np.array([r['bbox'][2:] for r in results], float)
        return cls(
            images=np.array([numbers[r['image_id']] for r in results]),
            category_ids=np.array([r['category_id'] for r in results]),
            keypoints=keypoints,
            scores=np.array([r['score'] for r in results], float),
            areas=sides.prod(axis=1),
        )

    def as_rows(self, image_ids: np.ndarray) -> list[dict]:
        """Return the detections in the form of ``evaluate_in_cpp``.

        Args:
            image_ids (np.ndarray): (I,), the ids of the images
        """
        columns = dict(
            image_id=image_ids[self.images].tolist(),
            category_id=self.category_ids.tolist(),
            area=self.areas.tolist(),
            score=self.scores.tolist(),
            keypoints=self.keypoints.reshape(len(self.keypoints), -1),
        )
        rows = zip(*columns.values(), strict=True)
        return [dict(zip(columns, row, strict=True)) for row in rows]
