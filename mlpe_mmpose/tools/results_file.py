"""Reads the results files that COCO's metrics write."""

from pathlib import Path

from mlpe_mmpose.annotations.faults import read_json


def read_results(path: Path) -> list[dict]:
    """Read the detections of a ``*.keypoints.json`` file.

    Raises:
        OSError: If the file cannot be read.
        ValueError: If it is no list of detections, or an empty one.
    """
    detections = read_json(path)
    if not isinstance(detections, list) or not detections:
        kind = 'empty' if detections == [] else type(detections).__name__
        raise ValueError(
            f'{path} needs to be a list of detections, as `mim test` writes '
            f'it with test_evaluator.outfile_prefix; it is {kind}.'
        )
    return detections
