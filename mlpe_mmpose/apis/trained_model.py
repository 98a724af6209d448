"""Load a trained model, and refuse weights of another network."""

import contextlib
import os
from collections.abc import Iterator
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
        ValueError: If the checkpoint leaves a parameter random, or no model
            can be built from the config.
    """
    if not isinstance(config, Config):
        config = os.fspath(config)
    checkpoint = os.fspath(checkpoint)
    name = getattr(config, 'filename', config)
    with explain_config_errors(name, cfg_options):
        model = init_model(config, checkpoint, device, cfg_options)
    require_weights(model, checkpoint, name)
    return model


@contextlib.contextmanager
def explain_config_errors(
    config: str | None, cfg_options: dict[str, Any] | None
) -> Iterator[None]:
    """Name the config that the body changes, or builds a model from.

    Raises:
        ValueError: If the config has an unknown type, index or argument.
    """
    try:
        yield
    # MMEngine raises these for an unknown type, index or argument
    except (KeyError, TypeError) as error:
        raise ValueError(
            f'no model can be built from {config} with cfg_options='
            f'{cfg_options}: {error.args[0]}'
        ) from error


def require_weights(
    model: nn.Module, checkpoint: str | os.PathLike, config: str | None
) -> None:
    """Refuse a checkpoint that lacks parameters, and load it again.

    Args:
        model (nn.Module): The model, which has loaded the checkpoint
        checkpoint (str | PathLike): Weights of the model
        config (str, optional): Config of the model, which the message names

    Raises:
        ValueError: If the checkpoint leaves a parameter random.
    """
    # The names in the file cannot be compared, because heads rename those of
    # older versions while they load, and MMPose does not say what it loaded.
    # So the weights are loaded again, over NaN, without a second log: a
    # parameter that stays NaN is not in the file.
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.fill_(torch.nan)
    load_checkpoint(
        model, os.fspath(checkpoint), map_location='cpu', logger='silent'
    )
    total = len(list(model.parameters()))
    missing = [n for n, p in model.named_parameters() if p.isnan().all()]
    if missing:
        raise ValueError(
            f'{checkpoint} is not of the network of {config}: {len(missing)} '
            f'of {total} parameters are missing, have another shape, or are '
            f'NaN, such as {missing[0]}. Take the config of that training, '
            'which is in its work folder.'
        )
