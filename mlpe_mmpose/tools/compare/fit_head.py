"""Fits the head of a network to a number of keypoints."""

import inspect

from mmengine.config import Config
from mmpose.registry import MODELS

from mlpe_mmpose.apis.pipeline_steps import name_type

from .config_parts import find_by_type

# losses of the hardest keypoints, and how many count if a config names none;
# MLPEOHKMLoss counts a share of the keypoints then
OHKM_LOSSES = {'MLPEOHKMLoss': None, 'KeypointOHKMMSELoss': 8}


def fit_head(config: Config, number: int) -> None:
    """Let a network predict a number of keypoints.

    A loss of the hardest keypoints that counts more than there are counts all.

    Args:
        config (Config): The config, which is changed in place
        number (int): The number of keypoints

    Raises:
        ValueError: If the class of the head takes no such number.
    """
    head = config.model.get('head', config.model)
    decoder = head.get('decoder') or {}
    if 'num_keypoints' in head:
        head.num_keypoints = number
        # associative embedding groups keypoints in an order, COCO's
        if len(decoder.get('decode_keypoint_order', '')) not in (0, number):
            decoder.decode_keypoint_order = list(range(number))
    elif 'num_joints' in head:
        head.num_joints = number
    elif _takes_out_channels(head.type):
        # a heatmap, and offsets in x and y
        combined = decoder.get('heatmap_type') == 'combined'
        head.out_channels = (3 if combined else 1) * number
    else:
        raise ValueError(
            f'the data have {number} keypoints, but a head of type '
            f'{head.type} takes none of num_keypoints, num_joints and '
            'out_channels. Take another head, or data with the keypoints of '
            'the config.'
        )
    for loss in find_by_type(head, OHKM_LOSSES):
        topk = loss.get('topk', OHKM_LOSSES[name_type(loss)])
        if topk is not None and topk > number:
            loss['topk'] = number


def _takes_out_channels(head: str) -> bool:
    """Tell whether a class of heads has this argument.

    A class that is not known has it; it is named when the model is built.
    """
    kind = MODELS.get(head)
    return not kind or 'out_channels' in inspect.signature(kind).parameters
