"""The heatmaps of every level of a network, from coarse to refined."""

import dataclasses
from collections.abc import Sequence

import numpy as np
import torch
from mmengine.dataset import pseudo_collate
from mmpose.codecs import MSRAHeatmap, UDPHeatmap
from mmpose.models import HeatmapHead
from torch import Tensor, nn

from mlpe_mmpose.codecs.mlpe_heatmap import PEAK
from mlpe_mmpose.models import MLPEHead

from ..runtime.inputs import check_boxes
from .predictor import Predictor
from .predictor_inputs import read_image


@dataclasses.dataclass(frozen=True)
class LevelHeatmaps:
    """The heatmaps of people in one image.

    Note:
        - people in the image: N
        - keypoint number: K
        - heatmap size: [W, H]

    Args:
        levels (dict): ``'level 0'`` (the coarsest), ``'level 1'``...,
            ``'refined'``, each (N, K, H, W), float32, peaks of about 255,
            also of codecs whose own are of 1
        areas (np.ndarray): (N, 4), left, top, right, bottom in pixels of the
            image: the part of the image that a person's heatmaps cover
        crops (np.ndarray): (N, h, w, 3), uint8, BGR, the network's input
    """

    levels: dict[str, np.ndarray]
    areas: np.ndarray
    crops: np.ndarray


@torch.no_grad()
def predict_heatmaps(
    predictor: Predictor,
    image: str | np.ndarray,
    boxes: Sequence | np.ndarray,
) -> LevelHeatmaps:
    """Predict the heatmaps of people in an image, without the flip test.

    Args:
        predictor (Predictor): The network. One without an ``MLPEHead`` has
            the level ``'refined'`` only
        image (str | np.ndarray): A path, or (rows, columns, 3), uint8, BGR
        boxes (Sequence | np.ndarray): (N, 4) or (N, 5) with scores: left,
            top, right, bottom in pixels; N is at least 1

    Returns:
        LevelHeatmaps: The heatmaps.

    Raises:
        ValueError: If the image or the boxes are not as above, or the network
            predicts no heatmaps.
        OSError: If the file cannot be read as an image.
    """
    name, model = 'predict_heatmaps', predictor.model
    names = name_levels(model.head)
    if not names:
        raise ValueError(
            f'{name} needs a head that predicts heatmaps, got '
            f'{type(model.head).__name__}.'
        )
    loaded = read_image(name, 0, image, predictor.load_image)
    rows, scores = check_boxes(name, 0, boxes, loaded['img_shape'])
    if not len(rows):
        raise ValueError(f'{name} needs at least one box, got none.')
    loaded.update(model.dataset_meta)
    people = [
        predictor.crop(dict(loaded, bbox=box[None], bbox_score=score[None]))
        for box, score in zip(rows, scores, strict=True)
    ]
    data = model.data_preprocessor(pseudo_collate(people), False)
    feats = model.extract_feat(data['inputs'])
    levels = []
    if isinstance(model.head, MLPEHead):
        levels = model.head.level_predictors(feats)
    heatmaps = [*levels, _scale_peaks(model.head(feats), model.head.decoder)]
    infos = [person['data_samples'].metainfo for person in people]
    centers = np.vstack([info['input_center'] for info in infos])
    scales = np.vstack([info['input_scale'] for info in infos])
    return LevelHeatmaps(
        levels={
            level: maps.float().cpu().numpy()
            for level, maps in zip(names, heatmaps, strict=True)
        },
        areas=np.hstack([centers - scales / 2, centers + scales / 2]),
        crops=np.stack([_to_bgr(person['inputs']) for person in people]),
    )


def _scale_peaks(heatmaps: Tensor, codec: object) -> Tensor:
    """Return (B, K, H, W), without offsets, with peaks of about 255."""
    if not isinstance(codec, (MSRAHeatmap, UDPHeatmap)):
        return heatmaps
    if getattr(codec, 'heatmap_type', None) == 'combined':
        heatmaps = heatmaps[:, ::3]  # the others are offsets in x and y
    return heatmaps * PEAK


def _to_bgr(crop: Tensor) -> np.ndarray:
    """Return a crop (3, h, w), or (1, h, w) if gray, as (h, w, 3)."""
    return crop.expand(3, -1, -1).permute(1, 2, 0).numpy()


def name_levels(head: nn.Module) -> list[str]:
    """Name the heatmaps of a head, from the coarsest to the refined.

    A head that predicts something else, such as coordinates, has no names.
    """
    if not isinstance(head, HeatmapHead):
        return []
    count = head.num_levels if isinstance(head, MLPEHead) else 0
    return [*(f'level {i}' for i in range(count)), 'refined']
