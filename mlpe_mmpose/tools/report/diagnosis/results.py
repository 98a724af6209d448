"""Reads results files."""

import json
from pathlib import Path

import numpy as np

from .ground_truth import GroundTruth
from .people import People


def read_people(path: Path, num_keypoints: int, truth: GroundTruth) -> People:
    """Read the detections of a ``*.keypoints.json`` file.

    Args:
        path (Path): The file, written by FastCocoMetric or CocoMetric
        num_keypoints (int): K
        truth (GroundTruth): The annotations that the results belong to

    Raises:
        OSError: If the file cannot be read.
        ValueError: If the file has another format or no detection, or
            other keypoints or images than the annotations.
    """
    try:
        records = json.loads(path.read_text())
    except ValueError as error:
        raise ValueError(f'{path} is no JSON file: {error}.') from error
    if not isinstance(records, list) or not records:
        raise ValueError(
            f'{path} needs to be a list of detections, as `mim test` writes '
            'it with test_evaluator.outfile_prefix; it has none.'
        )
    lengths = {len(record['keypoints']) for record in records}
    if lengths != {3 * num_keypoints}:
        raise ValueError(
            f'{path} has {sorted(lengths)} values in keypoints; the data set '
            f'has {num_keypoints} keypoints of 3 values.'
        )
    numbers = {name: i for i, name in enumerate(truth.image_ids.tolist())}
    strange = [r for r in records if r['image_id'] not in numbers]
    if strange:
        raise ValueError(
            f'{path}: image_id {strange[0]["image_id"]!r} is not in the '
            f'annotations, nor are those of {len(strange) - 1} other '
            'detections. Use the annotations of the test.'
        )
    boxes = None
    if all('bbox' in record for record in records):
        boxes = np.array([record['bbox'] for record in records], float)
    keypoints = np.array([record['keypoints'] for record in records], float)
    return People(
        image_ids=np.array([numbers[r['image_id']] for r in records]),
        category_ids=np.array([r['category_id'] for r in records]),
        keypoints=keypoints.reshape(len(records), num_keypoints, 3),
        scores=np.array([record['score'] for record in records], float),
        boxes=boxes,
    )
