"""One run of a comparison: an experiment with one seed, kept when done."""

import functools
import json
import re
import shlex
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from mmengine.config import Config

from ..machine import describe_machine
from ..mim_runs import count_epochs, format_progress, run_mim
from .run_config import (
    build_config,
    data_options,
    fingerprint_of,
    write_config,
)
from .suite import Experiment, Suite

# MMEngine's log has it where there is a GPU: MiB of it, at most, since the
# line before
GPU_MEMORY = re.compile(r'Epoch\(train\).*\smemory: (\d+)')


@dataclass(frozen=True)
class Run:
    """An experiment with one seed.

    Args:
        experiment (Experiment): What is trained and tested
        seed (int): Of weights, order and augmentation
        folder (Path): Where everything of this run is
        options (tuple[dict]): Changes of the config, the later wins: the
            suite's, the data's, the experiment's own, and the seed
    """

    experiment: Experiment
    seed: int
    folder: Path
    options: tuple[dict, ...]

    @functools.cached_property
    def config(self) -> Config:
        """The experiment's config with all changes, as it was when read."""
        return build_config(self.experiment, self.options)

    @functools.cached_property
    def fingerprint(self) -> str:
        """A stored result counts only if its fingerprint is equal."""
        return fingerprint_of(self.config)

    @property
    def config_file(self) -> Path:
        """The file that is trained and tested."""
        # not in the work folder itself: MMEngine writes its own dump there,
        # under the same name, with `work_dir` and `resume` in it
        return self.folder / 'config' / 'run.py'

    def prepare(self) -> None:
        """Write the config to its file.

        Raises:
            ValueError: If the config cannot be written, or the folder holds
                a training that was begun with another config.
        """
        path = self.config_file
        if path.exists() and (self.folder / 'last_checkpoint').exists():
            self._check(fingerprint_of(Config.fromfile(path)))
        try:
            write_config(self.config, path)
        except ValueError as error:
            raise ValueError(
                f'experiment {self.experiment.name!r}: {error}'
            ) from error

    def result(self) -> dict | None:
        """What it has found; ``None`` if it is not done.

        Raises:
            ValueError: If the folder holds a run with other options.
        """
        path = self.folder / 'result.json'
        if not path.exists():
            return None
        result = json.loads(path.read_text())
        self._check(result['fingerprint'])
        return result

    def _check(self, found: str) -> None:
        """Refuse what another config has left in the folder."""
        if found != self.fingerprint:
            raise ValueError(
                f'{self.folder} holds a run of {self.experiment.name!r} with '
                'other options or another config. Give another --out, or '
                'remove that folder to run it anew.'
            )


def plan_runs(suite: Suite, data: Path, out: Path, seeds: int) -> list[Run]:
    """All runs of a suite, seed by seed, so that a stop leaves whole tables.

    Args:
        suite (Suite): The experiments
        data (Path): Root of the data, in COCO's layout
        out (Path): Where all runs go
        seeds (int): Number of runs of an experiment

    Raises:
        FileNotFoundError: If the data lack an annotation file.
        ValueError: If there is less than one seed.
    """
    if seeds < 1:
        raise ValueError(f'compare needs at least one seed, got {seeds}.')
    common = (suite.options, data_options(data))
    return [
        Run(
            experiment,
            seed,
            out / 'runs' / experiment.name / f'seed{seed}',
            (*common, experiment.options, {'randomness.seed': seed}),
        )
        for seed in range(seeds)
        for experiment in suite.experiments
    ]


def finish(run: Run, say: Callable[[str], None]) -> dict:
    """Train and test, from where that stopped; keep and return the result.

    Args:
        run (Run): What to run
        say (callable): Takes each line of progress

    Raises:
        ValueError: If the config cannot be written to a file, or the folder
            holds a training with another config.
        RuntimeError: If a command fails; the message ends with its output.
    """
    result = run.result()
    if result is not None:
        return result
    run.prepare()
    args = ['--work-dir', str(run.folder), '--resume']
    memory = _train(run, args, say)
    metrics = _test(run, say)
    command = ['mim', 'train', 'mmpose', str(run.config_file), *args]
    boxes = run.config.test_dataloader.dataset.get('bbox_file')
    result = dict(
        fingerprint=run.fingerprint,
        experiment=run.experiment.name,
        seed=run.seed,
        metrics=metrics,
        boxes='detected' if boxes else 'ground truth',
        peak_memory_mib=memory,
        train_seconds=_seconds(run.folder),
        command=shlex.join(command),
        machine=describe_machine(
            'cuda' if torch.cuda.is_available() else 'cpu'
        ),
    )
    (run.folder / 'result.json').write_text(json.dumps(result, indent=1))
    # weights of some hundred runs would fill a disk; the last ones stay
    for path in sorted(_checkpoints(run.folder))[:-1]:
        path[1].unlink()
    return result


def _train(
    run: Run, args: list[str], say: Callable[[str], None]
) -> float | None:
    """Train to the end; MiB of the GPU, without one of the process.

    ``None`` if it was trained to the end before.
    """
    wanted = run.config.train_cfg.max_epochs
    done = count_epochs(run.folder)
    if done >= wanted:
        return None
    if done:
        say(f'continues after epoch {done} of {wanted}')
    log = run.folder / f'train_from_epoch_{done}.log'
    start = time.perf_counter()
    memory = run_mim(
        'train',
        run.config_file,
        args,
        log,
        say,
        lambda line: format_progress(line, wanted),
    )
    seconds = time.perf_counter() - start
    (run.folder / f'seconds_from_epoch_{done}.txt').write_text(f'{seconds}\n')
    on_gpu = GPU_MEMORY.findall(log.read_text())
    return max(map(float, on_gpu), default=memory)


def _test(run: Run, say: Callable[[str], None]) -> dict[str, float]:
    """COCO's metrics of the last checkpoint."""
    out = run.folder / 'metrics.json'
    _, last = max(_checkpoints(run.folder))
    args = ['-C', str(last), '--work-dir', str(run.folder / 'test')]
    args += ['--out', str(out)]
    run_mim('test', run.config_file, args, run.folder / 'test.log', say)
    metrics = json.loads(out.read_text())
    return {
        key.removeprefix('coco/'): value
        for key, value in metrics.items()
        if key.startswith('coco/')
    }


def _checkpoints(folder: Path) -> Iterator[tuple[int, Path]]:
    """Each checkpoint of a whole epoch, with its number."""
    for path in folder.glob('epoch_*.pth'):
        yield int(path.stem.removeprefix('epoch_')), path


def _seconds(folder: Path) -> float:
    """Time of training, over all its sittings that came to an end."""
    files = folder.glob('seconds_from_epoch_*.txt')
    return sum(float(path.read_text()) for path in files)
