"""What is compared: a plain list of experiments."""

from dataclasses import dataclass, field
from pathlib import Path

from mmengine.config import Config

from mlpe_mmpose.shipped import find_shipped


@dataclass(frozen=True)
class Experiment:
    """One row of a comparison.

    Args:
        name (str): Unique in its suite; a folder gets it
        config (str): Config below ``configs/``, or a path
        options (dict): Changes of the config, as of ``--cfg-options``
        against (str, optional): The row that this one differs from in one
            thing, to be compared with
        paper (dict): Figures of the paper by metric, as ``dict(AP=70.4)``
        source (str): Whose figures those are, and of which setting
    """

    name: str
    config: str
    options: dict = field(default_factory=dict)
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
        name (str): One of ``configs/suites/``, as ``'tiny'``, or a path of a
            file with ``experiments``, a list of dicts with
            :class:`Experiment`'s arguments, and, if wanted, ``options``

    Raises:
        FileNotFoundError: If there is no such suite, or a config is missing.
        ValueError: If rows share a name, or one names no row in ``against``.
    """
    path = Path(name)
    if not path.is_file():
        path = find_shipped('configs/suites') / f'{name}.py'
    if not path.is_file():
        known = sorted(p.stem for p in path.parent.glob('*.py'))
        raise FileNotFoundError(
            f'no suite {name!r}; there are {", ".join(known)}, or give the '
            'path of a file with `experiments`.'
        )
    content = Config.fromfile(path, format_python_code=False).to_dict()
    experiments = tuple(Experiment(**row) for row in content['experiments'])
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
        if not experiment.path.is_file():
            raise FileNotFoundError(
                f'{path}: {experiment.name!r} has no config '
                f'{experiment.config!r}.'
            )
    return Suite(path.stem, content.get('options', {}), experiments)
