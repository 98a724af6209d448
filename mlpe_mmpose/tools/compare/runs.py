"""The runs of a comparison: their plans, folders and stored results."""

import functools
import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from mmengine.config import Config
from mmpose.evaluation.metrics import CocoMetric
from mmpose.registry import METRICS

from .config_file import write_config
from .dataset import DataSet
from .run_config import (
    add_pck,
    build_config,
    digest_annotations,
    fingerprint_of,
)
from .suite import Experiment, Suite


@dataclass(frozen=True)
class Run:
    """An experiment with one seed.

    Args:
        experiment (Experiment): The experiment
        seed (int): Seed of weights, order and augmentation
        folder (Path): Folder of all files of the run
        options (tuple[dict]): Changes of the config, later ones replace
            earlier ones: of the suite, the experiment, the data, the seed
        data (DataSet): The data, to which the config is fitted at last
    """

    experiment: Experiment
    seed: int
    folder: Path
    options: tuple[dict, ...]
    data: DataSet

    @functools.cached_property
    def config(self) -> Config:
        """The experiment's config with all changes; it is read once."""
        config = build_config(self.experiment, self.options)
        try:
            if 'max_epochs' not in (config.get('train_cfg') or {}):
                raise ValueError(
                    'train_cfg has no max_epochs. Trainings are counted and '
                    'continued by epochs, so the config needs an '
                    'EpochBasedTrainLoop.'
                )
            self.data.fit(config)
        except ValueError as error:
            raise ValueError(
                f'experiment {self.experiment.name!r} '
                f'({self.experiment.path}): {error}'
            ) from error
        return config

    @functools.cached_property
    def fingerprint(self) -> str:
        """Hash of the config. A stored result counts only if it is equal."""
        return fingerprint_of(self.config)

    @functools.cached_property
    def annotations(self) -> dict[str, str]:
        """Hashes of the annotation files, see :func:`digest_annotations`."""
        return digest_annotations(self.config)

    @property
    def title(self) -> str:
        """Name of the run in lines of progress."""
        return f'{self.experiment.name}, seed {self.seed}'

    @property
    def config_file(self) -> Path:
        """The config file that is trained and tested."""
        # MMEngine writes a dump of the same name to the work folder, with
        # `work_dir` and `resume` in it, so this file has its own folder
        return self.folder / 'config' / 'run.py'

    def prepare(self) -> None:
        """Write the config to its file.

        Raises:
            ValueError: If the config cannot be written, or the folder holds
                a training of another config or of other annotations.
        """
        path = self.config_file
        if path.exists() and (self.folder / 'last_checkpoint').exists():
            begun = Config.fromfile(path)
            self._check(fingerprint_of(begun), begun.get('annotations'))
        # a variable that no part of a training or test reads
        noted = dict(annotations=self.annotations)
        config = Config({**add_pck(self.config), **noted})
        try:
            write_config(config, path)
        except ValueError as error:
            raise ValueError(
                f'experiment {self.experiment.name!r}: {error}'
            ) from error

    def result(self) -> dict | None:
        """Read the stored result; ``None`` if the run is not finished.

        Raises:
            ValueError: If the folder holds a run of another config or of
                other annotations.
        """
        path = self.folder / 'result.json'
        if not path.exists():
            return None
        result = json.loads(path.read_text())
        self._check(result['fingerprint'], result.get('annotations'))
        return result

    def _check(self, fingerprint: str, annotations: dict | None) -> None:
        """Check that what the folder holds belongs to this run.

        Runs of earlier versions have no hashes of the annotations.
        """
        other = ''
        if fingerprint != self.fingerprint:
            other = 'other options, another config or another --data'
        elif annotations and (changed := self._list_changed(annotations)):
            other = f'{" and ".join(changed)} as they were before a change'
        if other:
            raise ValueError(
                f'{self.folder} holds a run of {self.experiment.name!r} with '
                f'{other}. Give another --out, or remove that folder to run '
                'it anew.'
            )

    def _list_changed(self, annotations: dict) -> list[str]:
        """Name the annotations that are not those of these hashes."""
        return [
            f'the {split} annotations'
            for split, digest in self.annotations.items()
            if annotations.get(split) != digest
        ]


def plan_runs(
    suite: Suite,
    data: DataSet,
    out: Path,
    seeds: int,
    more: Collection[int] = (),
) -> list[Run]:
    """List all runs of a suite, seed by seed.

    A comparison that is stopped then has all experiments with some seeds. An
    experiment with a results file has no run.

    Args:
        suite (Suite): The suite
        data (DataSet): The data
        out (Path): Folder of all runs
        seeds (int): Number of runs of each experiment
        more (Collection[int]): Seeds of other runs. Defaults to none

    Raises:
        ValueError: If there is less than one seed.
    """
    if seeds < 1:
        raise ValueError(f'compare needs at least one seed, got {seeds}.')
    # the data follow the experiment, whose head may be another one
    data_options = data.options()
    return [
        Run(
            e,
            seed,
            out / 'runs' / e.name / f'seed{seed}',
            (
                suite.options,
                e.options,
                data_options,
                {'randomness.seed': seed},
            ),
            data,
        )
        for seed in sorted({*range(seeds), *more})
        for e in suite.experiments
        if e.config
    ]


def find_metric(runs: Iterable[Run]) -> dict[str, object]:
    """Return the arguments of the metric by which all runs are compared.

    Args:
        runs (Iterable[Run]): A run of each experiment

    Returns:
        dict: ``iou_type`` and ``use_area`` of MMPose's ``CocoMetric``; empty
        without runs.

    Raises:
        ValueError: If two experiments differ in them, because their figures
            could not be compared, or a metric does not find COCO's AP.
    """
    first, wanted = '', {}
    for run in runs:
        metric, name = run.config.test_evaluator, run.experiment.name
        kind = METRICS.get(metric.type)
        if not kind or not issubclass(kind, CocoMetric):
            raise ValueError(
                f'experiment {name!r} is measured by {metric.type}, which '
                "does not find COCO's AP, by which rows are compared. Set "
                'val_evaluator and test_evaluator in its options to '
                "dict(_delete_=True, type='CocoMetric')."
            )
        values = dict(
            iou_type=metric.get('iou_type', 'keypoints'),
            use_area=metric.get('use_area', True),
        )
        if not wanted:
            first, wanted = name, values
        if values != wanted:
            raise ValueError(
                f'experiments {first!r} and {name!r} are measured in two '
                f'ways, by {wanted} and {values}, so that their figures '
                'cannot be compared. Set test_evaluator.iou_type and '
                '.use_area, and those of val_evaluator, in the options of the '
                'suite.'
            )
    return wanted
