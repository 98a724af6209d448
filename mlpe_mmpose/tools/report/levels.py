"""Draws the heatmaps of every level."""

from collections.abc import Iterable
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from mmengine.config import Config
from mmengine.dataset import Compose, pseudo_collate
from mmpose.apis import init_model

from mlpe_mmpose.models import MLPEHead

from .diagnosis.findings import WorstPerson
from .drawing import draw_heatmaps

# our choice: number of people whose heatmaps are shown
SHOWN = 4


@torch.no_grad()
def draw_levels(
    config: Config,
    checkpoint: Path,
    people: Iterable[WorstPerson],
    images: Path,
    device: str,
) -> list[tuple[str, list[tuple[str, np.ndarray]]]]:
    """Draw the heatmaps of people, from the coarsest level to the refined.

    One person of each image is drawn; people with a matched detection come
    first.

    Args:
        config (Config): Config of the model
        checkpoint (Path): Weights of the model
        people (Iterable[WorstPerson]): The people to choose from
        images (Path): Folder of the images
        device (str): Where the network runs

    Returns:
        list[tuple]: For each person the name of the image's file, and pairs
        of a caption and a BGR picture, coarse to fine. Heads other than
        MLPEHead have no levels, and give the final heatmaps only.
    """
    boxes = {}
    for person in sorted(people, key=lambda person: person.predicted is None):
        boxes.setdefault(str(images / person.file_name), person.box)
    # MMPose changes its argument, so it gets a copy
    model = init_model(config.copy(), str(checkpoint), device)
    pipeline = Compose(config.test_dataloader.dataset.pipeline)
    rows = []
    for path, (left, top, width, height) in islice(boxes.items(), SHOWN):
        box = np.array([[left, top, left + width, top + height]], np.float32)
        sample = pipeline(
            dict(
                img_path=path,
                bbox=box,
                bbox_score=np.ones(1, np.float32),
                **model.dataset_meta,
            )
        )
        crop = sample['inputs'].permute(1, 2, 0).numpy()
        data = model.data_preprocessor(pseudo_collate([sample]), False)
        feats = model.extract_feat(data['inputs'])
        levels = []
        if isinstance(model.head, MLPEHead):
            levels = model.head.level_predictors(feats)
        heatmaps = [*levels, model.head(feats)]
        names = [f'level {i}' for i in range(len(levels))] + ['refined']
        panels = [
            (name, draw_heatmaps(crop, maps[0].float().cpu().numpy()))
            for name, maps in zip(names, heatmaps, strict=True)
        ]
        rows.append((Path(path).name, panels))
    return rows
