"""Load a trained model, and refuse weights of another network."""

import os
from typing import Any

import torch
from mmengine.config import Config
from mmengine.runner import load_checkpoint
from mmpose.apis import init_model
from torch import nn


def init_trained_model(
    config: str | os.PathLike | Config,
    checkpoint: str | os.PathLike,
    device: str = 'cpu',
    cfg_options: dict[str, Any] | None = None,
) -> nn.Module:
    """MMPose's ``init_model``, for a checkpoint that has all parameters.

    ``init_model`` leaves parameters random that the checkpoint does not have,
    or has in another shape; the log says so, and the model predicts.

    Args:
        config (str | PathLike | Config): Config of the model
        checkpoint (str | PathLike): Weights of the model
        device (str): Device of the model. Defaults to ``'cpu'``
        cfg_options (dict, optional): Settings that replace those of the
            config, dotted names to values

    Returns:
        nn.Module: The model, in evaluation mode.

    Raises:
        ValueError: If the checkpoint leaves a parameter random.
    """
    if not isinstance(config, Config):
        config = os.fspath(config)
    checkpoint = os.fspath(checkpoint)
    model = init_model(config, checkpoint, device, cfg_options)
    # The names in the file cannot be compared, because heads rename those of
    # older versions while they load, and MMPose does not say what it loaded.
    # So the weights are loaded again, over NaN, without a second log: a
    # parameter that stays NaN is not in the file.
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.fill_(torch.nan)
    load_checkpoint(model, checkpoint, map_location='cpu', logger='silent')
    total = len(list(model.parameters()))
    missing = [n for n, p in model.named_parameters() if p.isnan().all()]
    if missing:
        raise ValueError(
            f'{checkpoint} is not of the network of '
            f'{getattr(config, "filename", config)}: {len(missing)} of '
            f'{total} parameters are missing, have another shape, or are NaN, '
            f'such as {missing[0]}. Take the config of that training, which '
            'is in its work folder.'
        )
    return model
