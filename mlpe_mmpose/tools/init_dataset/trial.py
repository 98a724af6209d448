"""The losses of two samples, and a validation, before a config is written."""

import contextlib
import io
import logging
from collections.abc import Iterator
from pathlib import Path

import torch
from mmengine.config import Config
from mmengine.dataset import pseudo_collate
from mmengine.evaluator import Evaluator
from mmengine.logging import MMLogger
from mmengine.model import revert_sync_batchnorm
from mmengine.registry import init_default_scope
from mmpose.registry import DATASETS, MODELS


def try_config(path: Path) -> tuple[int, int]:
    """Compute the losses of two samples, and validate on one image.

    What fails here would fail in training, some of it an epoch later. The
    model has random weights, and nothing is downloaded.

    Args:
        path (Path): The config

    Returns:
        tuple[int, int]: The number of annotations that MMPose trains on, and
        that of those it validates on.

    Raises:
        ValueError: If one of both fails, with the cause.
    """
    step = 'reading the config'
    try:
        with _silence(), torch.no_grad():
            config = Config.fromfile(path)
            init_default_scope('mmpose')
            step = 'reading the training data'
            train = DATASETS.build(config.train_dataloader.dataset)
            step = 'computing the losses'
            model = revert_sync_batchnorm(MODELS.build(config.model))
            # two samples, because batch norm needs more than one value
            batch = pseudo_collate([train[0], train[len(train) - 1]])
            model(**model.data_preprocessor(batch, True), mode='loss')
            step = 'reading the validation data'
            val = DATASETS.build(config.val_dataloader.dataset)
            step = 'a validation'
            evaluator = Evaluator(config.val_evaluator)
            evaluator.dataset_meta = val.metainfo
            batch = pseudo_collate([val[0]])
            evaluator.process(model.eval().val_step(batch), batch)
            evaluator.evaluate(1)
    except Exception as error:
        raise ValueError(
            f'{step} fails with {type(error).__name__}: {error}'
        ) from error
    return len(train), len(val)


@contextlib.contextmanager
def _silence() -> Iterator[None]:
    """Keep what the stack logs and prints from the user."""
    logger = MMLogger.get_current_instance()
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            yield
    finally:
        logger.setLevel(level)
