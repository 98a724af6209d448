"""What is compared: a plain list of experiments."""

import re
from dataclasses import dataclass, field, fields
from pathlib import Path

from mmengine.config import Config

from mlpe_mmpose.shipped import find_shipped

from . import SUITES, suite_names


@dataclass(frozen=True)
class Experiment:
    """One row of a comparison.

    Args:
        name (str): Unique in its suite; a folder gets it
        config (str): Config below ``configs/``, or a path
        options (dict): Changes of the config, as for
            ``Config.merge_from_dict``: keys may have dots, values may be
            dicts, which are merged
        codec (dict): Changes of the codec, in all places that use it
        against (str, optional): The row that this one differs from in one
            thing, to be compared with
        paper (dict): Figures of the paper by metric, as ``dict(AP=70.4)``
        source (str): Whose figures those are, and of which setting
    """

    name: str
    config: str
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
        name (str): Its name
        options (dict): What all experiments have in common
        experiments (tuple): The rows, in the table's order
    """

    name: str
    options: dict
    experiments: tuple[Experiment, ...]


def load_suite(name: str) -> Suite:
    """Read a suite.

    Args:
        name (str): A shipped suite, as ``'tiny'``, or the path of a
            file with ``experiments``, a list of dicts with
            :class:`Experiment`'s arguments, and, if wanted, ``options``

    Raises:
        FileNotFoundError: If there is no such suite, or a config is missing.
        ValueError: If the file is no suite, an experiment has an unknown or
            no key, rows share a name, or one names no row in ``against``.
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
    experiments = tuple(_read_experiment(row, path) for row in rows)
    names = [experiment.name for experiment in experiments]
    for experiment in experiments:
        if names.count(experiment.name) > 1:
            raise ValueError(
                f'{path}: {names.count(experiment.name)} experiments are '
                f'called {experiment.name!r}; a name has to be unique.'
            )
        if experiment.against not in (None, *names):
            raise ValueError(
                f'{path}: {experiment.name!r} is to be compared with '
                f'against={experiment.against!r}, which is none of {names}.'
            )
    return Suite(path.stem, content.get('options', {}), experiments)


def _read_experiment(row: dict, path: Path) -> Experiment:
    """Check one row of a suite's file."""
    try:
        experiment = Experiment(**row)
    except TypeError as error:
        known = ', '.join(f.name for f in fields(Experiment))
        raise ValueError(
            f'{path}: {row!r:.60} is no experiment ({error}). It is a dict '
            f'with name and config, and may have more of: {known}.'
        ) from error
    # it becomes the name of a folder, and a cell of a table
    if not re.fullmatch(r'\w[\w .+=-]*', str(experiment.name)):
        raise ValueError(
            f'{path}: an experiment cannot be called {experiment.name!r}; '
            'its runs go into a folder of this name. Use letters, digits, '
            'blanks and any of _ . + = -'
        )
    try:
        found = experiment.path.is_file()
    except FileNotFoundError:
        found = False
    if not found:
        raise FileNotFoundError(
            f'{path}: {experiment.name!r} has no config '
            f'{experiment.config!r}: there is no such file from the current '
            'folder, nor among the shipped configs.'
        )
    return experiment
