"""Measure `predict --engine ray` beside the local engine, on one machine."""

import contextlib
import io
import json
import shutil
import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch

from mlpe_mmpose.apis import (
    People,
    PoseModel,
    RayJob,
    predict_files,
    predict_with_ray,
)
from mlpe_mmpose.optional import require
from mlpe_mmpose.tools.predict.ray_engine import SPARE_CPUS

from .harness import Options, Row, check_difference
from .predictor import (
    BOUND,
    CROWD,
    LARGE,
    THREADS,
    TINY,
    describe_model,
    make_checkpoint,
    write_images,
)

WORKERS = (1, 2)
SHARD_SIZE = 32


def measure(options: Options) -> Iterator[Row]:
    """Yield a row for each number of workers.

    A rate is that of the images which a large folder has more than a small
    one, because starting Ray's workers takes as long as hundreds of images.
    """
    ray = require('ray', 'benchmark ray')
    if options.device == 'cpu':
        torch.set_num_threads(THREADS)
    name = TINY if options.quick or options.device == 'cpu' else LARGE
    few, many = (4, 12) if options.quick else (200, 1200)
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        for number in (few, many):
            write_images(folder / str(number), number, CROWD)
        config, checkpoint = make_checkpoint(name, folder)
        model = PoseModel(config, checkpoint, device=options.device)
        ray.init(
            'local',
            num_cpus=max(WORKERS) + SPARE_CPUS,
            include_dashboard=False,
            log_to_driver=False,
        )
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                rates, equal = run_engines(folder, model, few, many, options)
        finally:
            ray.shutdown()
    for workers in WORKERS:
        yield Row(
            f'predict --engine ray, {workers} workers',
            f'{many - few} images of a person, {describe_model(name)}',
            'predict',
            rates[0],
            rates[workers],
            'images/s',
            None,
            equal[workers],
        )


def run_engines(
    folder: Path, model: PoseModel, few: int, many: int, options: Options
) -> tuple[dict[int, float], dict[int, str]]:
    """Run all engines in turns, on both folders.

    Returns:
        tuple:
        - rates (dict): Workers, 0 for the local engine -> images a second
        - equal (dict): Workers -> how equal the poses are to the local ones
    """
    taken = {workers: [] for workers in (0, *WORKERS)}
    for _ in range(1 if options.quick else 3):
        for workers, seconds in taken.items():
            spent = [run(folder, model, workers, n) for n in (few, many)]
            seconds.append(spent[1] - spent[0])
    return (
        {w: (many - few) / statistics.median(s) for w, s in taken.items()},
        {w: compare_keypoints(folder, w, many) for w in WORKERS},
    )


def run(folder: Path, model: PoseModel, workers: int, number: int) -> float:
    """Predict a folder of images, and return the seconds."""
    source, people = str(folder / str(number)), People(whole_image=True)
    out = folder / f'out{workers}'
    shutil.rmtree(out, ignore_errors=True)
    if workers == 0:
        done = predict_files(source, out, model, people, pictures=False)
    else:
        job = RayJob(workers=workers, shard_size=SHARD_SIZE)
        done = predict_with_ray(source, out, model, people, job=job)
    assert done.images == number
    return done.seconds


def compare_keypoints(folder: Path, workers: int, number: int) -> str:
    """Check that the shards have the keypoints of the local engine."""
    people = json.loads((folder / 'out0/results.json').read_text())
    local = {person['image_id']: person['keypoints'] for person in people}
    rows = [
        json.loads(line)
        for shard in (folder / f'out{workers}/shards').glob('*.json')
        for line in shard.read_text().splitlines()
    ]
    assert len(rows) == len(local) == number
    found = [row['people'][0]['keypoints'] for row in rows]
    wanted = [local[row['image_id']] for row in rows]
    difference = np.abs(np.array(found) - np.array(wanted)).max().item()
    return check_difference('keypoints in pixels', difference, BOUND)
