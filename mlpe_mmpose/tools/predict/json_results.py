"""Writes a JSON list item by item, valid after every item."""

import json
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from .frames import Frame

END = '\n]\n'
# CocoMetric's default: keypoints with a lower score do not count in the
# score of the person
SCORE_THRESHOLD = 0.2


class JsonList:
    """A file with a JSON list, one item a line.

    Every call of :meth:`append` overwrites the end of the list, so that the
    file is valid JSON at any time, also if the program is killed.

    Args:
        path (Path): The file, written anew
    """

    def __init__(self, path: Path) -> None:
        self.count = 0
        self._file = open(path, 'w')  # noqa: SIM115, closed by `__exit__`
        self._file.write(f'[{END}')
        self._file.flush()

    def __enter__(self) -> 'JsonList':
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def append(self, items: Iterable[Any]) -> None:
        """Append items, and bring them to the disk."""
        lines = [json.dumps(item) for item in items]
        if not lines:
            return
        start = ',\n' if self.count else '\n'
        self._file.seek(self._file.tell() - len(END))
        self._file.write(start + ',\n'.join(lines) + END)
        self._file.flush()
        self.count += len(lines)


def to_results(frame: Frame) -> list[dict[str, Any]]:
    """Return the people of a frame in COCO's result format.

    The score of a person is that of MMPose's ``CocoMetric``: the score of the
    box times the mean score of the keypoints above 0.2.

    Args:
        frame (Frame): A frame with its poses

    Returns:
        list[dict]: One for each person: ``image_id``, ``category_id`` 1,
        ``keypoints`` [x, y, score, ...], ``score``, ``bbox`` [left, top,
        width, height] and, over a video with tracks, ``track_id``.
    """
    results = []
    for person, box in enumerate(frame.boxes):
        scores = frame.scores[person]
        counted = scores[scores > SCORE_THRESHOLD]
        mean = float(counted.mean()) if len(counted) else 0.0
        left, top, right, bottom, box_score = box.tolist()
        triplets = np.column_stack([frame.keypoints[person], scores])
        result = dict(
            image_id=frame.image_id,
            category_id=1,
            keypoints=_round(triplets.flatten()),
            score=box_score * mean,
            bbox=_round([left, top, right - left, bottom - top]),
        )
        if frame.track_ids is not None:
            result['track_id'] = int(frame.track_ids[person])
        results.append(result)
    return results


def _round(values: Iterable[float]) -> list[float]:
    """Round to thousandths of a pixel, which halves the file."""
    return [round(float(value), 3) for value in values]
