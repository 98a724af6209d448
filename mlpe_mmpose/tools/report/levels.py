"""Draws the heatmaps of every level."""

from collections.abc import Iterable
from itertools import islice
from pathlib import Path

import numpy as np
from mmengine.config import Config

from mlpe_mmpose.apis import Predictor, predict_heatmaps
from mlpe_mmpose.apis.level_heatmaps import name_levels
from mlpe_mmpose.apis.pipeline_steps import find_test_pipeline, name_steps

from .diagnosis.findings import ExamplePerson
from .drawing import draw_heatmaps

# our choice: number of people whose heatmaps are shown
SHOWN = 4


def draw_levels(
    config: Config,
    checkpoint: Path,
    people: Iterable[ExamplePerson],
    images: Path,
    device: str,
) -> list[tuple[str, list[tuple[str, np.ndarray]]]]:
    """Draw the heatmaps of people, from the coarsest level to the refined.

    One person of each image is drawn; people with a matched detection come
    first.

    Args:
        config (Config): Config of the model
        checkpoint (Path): Weights of the model
        people (Iterable[ExamplePerson]): The people to choose from
        images (Path): Folder of the images
        device (str): Where the network runs

    Returns:
        list[tuple]: For each person the ``file_name`` of the image, and pairs
        of a caption and a BGR picture, coarse to fine. Heatmap heads other
        than MLPEHead have no levels, and give the final heatmaps only. The
        list is empty for a head that predicts no heatmaps, and for a model
        of whole images, which crops nobody.
    """
    if 'TopdownAffine' not in name_steps(find_test_pipeline(config)):
        return []
    boxes = {}
    for person in sorted(people, key=lambda person: person.predicted is None):
        boxes.setdefault(person.file_name, person.box)
    predictor = Predictor(config, checkpoint, device, fuse=False)
    if not name_levels(predictor.model.head):
        return []
    rows = []
    for name, (left, top, width, height) in islice(boxes.items(), SHOWN):
        # the box around a single keypoint has no area
        right, bottom = left + max(width, 1), top + max(height, 1)
        box = [left, top, right, bottom]
        found = predict_heatmaps(predictor, images / name, [box])
        panels = [
            (level, draw_heatmaps(found.crops[0], maps[0]))
            for level, maps in found.levels.items()
        ]
        rows.append((name, panels))
    return rows
