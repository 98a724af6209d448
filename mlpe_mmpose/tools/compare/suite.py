"""Reads suites, which are lists of experiments."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path

from mmengine.config import Config

from mlpe_mmpose.shipped import find_shipped

from . import SUITES, suite_names


@dataclass(frozen=True)
class Experiment:
    """One row of a comparison.

    Args:
        name (str): Unique in its suite; also the name of a folder
        config (str, optional): Path of a config, or its path below
            ``configs/``. Defaults to the ``config`` of the suite
        results (str, optional): Instead of a config, a file of detections in
            COCO's format, by its path from the current folder or from that of
            the suite; nothing is trained
        options (dict): Changes of the config, as for
            ``Config.merge_from_dict``: keys may have dots, values may be
            dicts, which are merged
        codec (dict): Changes of the codec, wherever the config uses it
        against (str, optional): Name of the experiment to compare with, from
            which this one differs in one thing
        paper (dict): Published figures by metric, as ``dict(AP=70.4)``
        source (str): Who published the figures, or where the results file
            comes from, and the setting
    """

    name: str
    config: str | None = None
    results: str | None = None
    options: dict = field(default_factory=dict)
    codec: dict = field(default_factory=dict)
    against: str | None = None
    paper: dict = field(default_factory=dict)
    source: str = ''

    @property
    def path(self) -> Path:
        """The config's file."""
        path = Path(self.config)
        return path if path.is_file() else find_shipped(f'configs/{path}')


@dataclass(frozen=True)
class Suite:
    """Experiments under equal conditions.

    Args:
        options (dict): Changes of all configs
        experiments (tuple): The experiments, in the order of the table
        data (dict): Arguments of :class:`DataSet`, without ``root``
    """

    options: dict
    experiments: tuple[Experiment, ...]
    data: dict = field(default_factory=dict)


def load_suite(name: str) -> Suite:
    """Read a suite.

    Args:
        name (str): Name of a shipped suite, as ``'tiny'``, or path of a file
            with ``experiments``, a list of dicts with the arguments of
            :class:`Experiment`. The file may have ``config``, the config of
            all experiments that name none, ``options`` and ``data``

    Raises:
        FileNotFoundError: If the suite or a config does not exist.
        ValueError: If the file is no suite, a key of an experiment is unknown
            or missing, a name is not unique, or ``against`` is no name.
    """
    path = Path(name)
    if not path.is_file():
        path = SUITES / f'{name}.py'
    if not path.is_file():
        raise FileNotFoundError(
            f'no suite {name!r}; there are {", ".join(suite_names())}, or '
            'give the path of a file with `experiments`.'
        )
    content = Config.fromfile(path).to_dict()
    rows = content.get('experiments')
    if not isinstance(rows, list) or not rows:
        raise ValueError(
            f'{path} is no suite: it needs a list `experiments`, as the '
            f'files in {SUITES} have it, got '
            f'experiments = {rows!r:.40}.'
        )
    shared = {k: v for k, v in content.items() if k == 'config'}
    try:
        experiments = tuple(
            _read_experiment(shared, row, path.parent) for row in rows
        )
        _check_names(experiments)
    except (FileNotFoundError, ValueError) as error:
        raise type(error)(f'{path}: {error}') from error
    options, data = content.get('options', {}), content.get('data', {})
    for key, value in (('options', options), ('data', data)):
        if not isinstance(value, dict):
            raise ValueError(f'{path}: {key} is {value!r:.40}, not a dict.')
    return Suite(options, experiments, data)


def _read_experiment(shared: Mapping, row: dict, folder: Path) -> Experiment:
    """Check one experiment of a suite's file in ``folder``."""
    try:
        experiment = Experiment(**{**shared, **row})
        if experiment.config is None and experiment.results is None:
            raise TypeError('it has neither config nor results')
        for key in ('options', 'codec', 'paper'):
            if not isinstance(getattr(experiment, key), dict):
                raise TypeError(f'its {key} are no dict')
    except TypeError as error:
        known = ', '.join(f.name for f in fields(Experiment))
        raise ValueError(
            f'{row!r:.60} is no experiment ({error}). It is a dict with name '
            f'and config or results, and may have more of: {known}.'
        ) from error
    # the name becomes a folder, and a cell of a table
    name = experiment.name
    if not isinstance(name, str) or not re.fullmatch(r'\w[\w .+=-]*', name):
        raise ValueError(
            f'an experiment cannot be called {name!r}; its runs go into a '
            'folder of this name. It is a string; use letters, digits, blanks '
            'and any of _ . + = -'
        )
    if experiment.results:
        return _find_results(experiment, folder)
    try:
        _ = experiment.path
    except FileNotFoundError as error:
        raise FileNotFoundError(
            f'{experiment.name!r} has no config {experiment.config!r}: there '
            'is no such file from the current folder, nor among the shipped '
            'configs.'
        ) from error
    return experiment


def _find_results(experiment: Experiment, folder: Path) -> Experiment:
    """Return the experiment with the path of its results file."""
    for path in Path(experiment.results), folder / experiment.results:
        if path.is_file():
            return replace(experiment, config=None, results=str(path))
    raise FileNotFoundError(
        f'{experiment.name!r} has no results file {experiment.results!r}: '
        f'there is no such file from the current folder, nor from {folder}.'
    )


def _check_names(experiments: tuple[Experiment, ...]) -> None:
    """Refuse names that are not unique, and peers that are no name."""
    names = [experiment.name for experiment in experiments]
    for name, experiment in zip(names, experiments, strict=True):
        if names.count(name) > 1:
            raise ValueError(
                f'{names.count(name)} experiments are called {name!r}; a '
                'name has to be unique.'
            )
        if experiment.against not in (None, *names):
            raise ValueError(
                f'{name!r} is to be compared with against='
                f'{experiment.against!r}, which is none of {names}.'
            )
