"""Builds the config of a run."""

import copy
import functools
import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from mmengine.config import Config

from mlpe_mmpose.apis.pipeline_steps import name_classes, name_type

from ..config_keys import list_keys_that_are_read
from .config_parts import find_by_type, sees_whole_images
from .suite import Experiment

# COCO has no such figure: the share of keypoints within a tenth of the longer
# side of the person's box
PCK = dict(type='PCKAccuracy', thr=0.1, prefix='pck')
# hooks that show how a training goes, and change none of its results
WATCHING_HOOKS = ('NextStepHook', 'ProgressBarHook')


def build_config(experiment: Experiment, options: Sequence[Mapping]) -> Config:
    """Read the config of an experiment and merge all changes into it.

    Args:
        experiment (Experiment): Gives the config's file, and the changes of
            the codec
        options (Sequence[Mapping]): Changes, as for
            ``Config.merge_from_dict``: keys may have dots, values may be
            dicts. A later change of the same value replaces an earlier one

    Raises:
        ValueError: If the config cannot be read, or has a list of metrics,
            or a change does not fit.
    """
    try:
        config = name_classes(Config.fromfile(experiment.path))
        # A config of classes may have no scope, and the changes have names.
        config.default_scope = config.get('default_scope') or 'mmpose'
    except Exception as error:  # the file is Python code
        raise ValueError(
            f'experiment {experiment.name!r}: {experiment.path} cannot be '
            f'read: {type(error).__name__}: {error}'
        ) from error
    _refuse_several_metrics(experiment, config)
    for changes in options:
        # MMEngine drops a key with dots if the same dict has its parent as
        # a key, so each key is merged alone
        for key, value in changes.items():
            try:
                # MMEngine removes `_delete_` from the value, so it gets a copy
                config.merge_from_dict({key: copy.deepcopy(value)})
            except (AttributeError, LookupError, TypeError) as error:
                raise ValueError(
                    f'experiment {experiment.name!r}: the option {key!r} = '
                    f'{value!r} does not fit {experiment.path}: {error}'
                ) from error
    _refuse_several_metrics(experiment, config)
    if experiment.codec:
        try:
            change_codec(config, experiment.codec)
        except ValueError as error:
            raise ValueError(
                f'experiment {experiment.name!r}, {experiment.path}: {error}'
            ) from error
    return config


def _refuse_several_metrics(experiment: Experiment, config: Config) -> None:
    """Refuse a list of metrics, because one gets the annotation file."""
    for name in ('val_evaluator', 'test_evaluator'):
        if isinstance(metrics := config.get(name), list):
            kinds = [name_type(metric) for metric in metrics]
            raise ValueError(
                f'experiment {experiment.name!r}, {experiment.path}: {name} '
                f'is a list of {kinds}, and compare needs one metric, to set '
                'its ann_file. Name a config that has its CocoMetric alone, '
                'without a list.'
            )


def fingerprint_of(config: Config) -> str:
    """Hash all parts of a config that are read when it runs.

    Variables that only helped to write the config do not count, and neither
    do hooks that only show how a training goes.

    Returns:
        str: 16 hexadecimal digits.
    """
    read = list_keys_that_are_read()
    parts = {k: v for k, v in config.to_dict().items() if k in read}
    # PCK is computed besides, and changes no other figure
    if isinstance(parts.get('test_evaluator'), list):
        parts['test_evaluator'] = _without_pck(parts['test_evaluator'])
    if isinstance(hooks := parts.get('default_hooks'), dict):
        parts['default_hooks'] = {
            name: hook
            for name, hook in hooks.items()
            if not hook or name_type(hook) not in WATCHING_HOOKS
        }
    text = json.dumps(parts, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def digest_annotations(config: Config) -> dict[str, str]:
    """Hash the annotation files that a config trains and tests on.

    A fingerprint has their paths, so that a file whose content changes would
    go unnoticed.

    Returns:
        dict: 16 hexadecimal digits for ``'train'`` and for ``'test'``, but
        none for a data set that combines others, or whose file is missing,
        as where only the results were copied to.
    """
    digests = {}
    for split in ('train', 'test'):
        dataset = config[f'{split}_dataloader'].dataset
        path = Path(dataset.get('data_root', ''), dataset.get('ann_file', ''))
        if path.is_file():
            stat = path.stat()
            digests[split] = _hash_file(path, stat.st_size, stat.st_mtime_ns)
    return digests


@functools.cache
def _hash_file(path: Path, size: int, modified: int) -> str:
    """Hash a file, once for all runs that read it.

    Size and time of the last change tell whether the file is still the same.
    """
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]


def add_pck(config: Config) -> Config:
    """Return the config with PCK@0.1 among the metrics of the test.

    It needs the annotated boxes. With detections, and for a network that sees
    whole images, there is none.
    """
    if sees_whole_images(config):
        return config
    if config.test_dataloader.dataset.get('bbox_file'):
        return config
    config = copy.deepcopy(config)
    config.test_evaluator = [config.test_evaluator, PCK]
    return config


def _without_pck(evaluators: list) -> object:
    """Undo what :func:`add_pck` does to the metrics."""
    if len(evaluators) == 2 and evaluators[1] == PCK:
        return evaluators[0]
    return evaluators


def change_codec(config: Config, changes: Mapping) -> None:
    """Change the codec in all places where a config uses it.

    These are ``codec``, ``model.head.decoder`` and the ``encoder`` of every
    ``GenerateTarget`` in the data loaders and in the hooks, of which MMPose's
    ``PipelineSwitchHook`` has the pipeline of a training's last epochs.

    Args:
        config (Config): The config, which is changed in place
        changes (Mapping): New values of the codec, as
            ``dict(kernel_sizes=(5, 5, 5, 5))``; with ``_delete_=True``, a
            codec in place of the old one

    Raises:
        ValueError: If the config has not one codec for all these places.
    """
    codec = config.get('codec')
    if not isinstance(codec, dict):
        raise ValueError(
            'codec= changes a config with one codec, `codec = dict(...)`; '
            f'this config has codec = {codec!r:.60}.'
        )
    ends = '_dataloader', '_hooks'
    parts = [key for key in config if key.endswith(ends)]
    targets = [
        (step, 'encoder', f'the encoder of GenerateTarget in {key}')
        for key in parts
        for step in find_by_type(config[key], ['GenerateTarget'])
    ]
    if not targets:
        raise ValueError(
            'codec= changes the encoder of GenerateTarget, but there is no '
            f'GenerateTarget in {", ".join(parts)}.'
        )
    changes = dict(changes)
    changed = changes if changes.pop('_delete_', False) else codec | changes
    decoder = (config.model.head, 'decoder', 'model.head.decoder')
    for owner, key, place in (decoder, *targets):
        if owner.get(key) != codec:
            raise ValueError(
                'codec= needs a config that encodes and decodes with its '
                f'codec = {codec!r}, but {place} is {owner.get(key)!r}.'
            )
        owner[key] = dict(changed)
    config.codec = dict(changed)
