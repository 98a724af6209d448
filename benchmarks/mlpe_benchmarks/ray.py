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


def measure(options: Options) -> Iterator[Row]:
    """Yield a row for each number of workers.

    The time of an engine begins when its networks are loaded: of the local
    one with the first image, of Ray with the first shard, whose images do not
    count.
    """
    if options.device == 'cpu':
        torch.set_num_threads(THREADS)
    name = TINY if options.quick or options.device == 'cpu' else LARGE
    number, shard_size = (16, 4) if options.quick else (1280, 32)
    rates: dict[int, list[float]] = {workers: [] for workers in (0, *WORKERS)}
    with tempfile.TemporaryDirectory() as folder, start_ray():
        folder = Path(folder)
        write_images(folder / 'images', number, CROWD)
        config, checkpoint = make_checkpoint(name, folder)
        model = PoseModel(config, checkpoint, device=options.device)
        for _ in range(1 if options.quick else 3):
            for workers in rates:
                job = RayJob(workers=workers or 1, shard_size=shard_size)
                rates[workers].append(run(folder, model, workers, job))
        equal = {w: compare_keypoints(folder, w, number) for w in WORKERS}
    for workers in WORKERS:
        yield Row(
            f'predict --engine ray, {workers} workers',
            f'{number} images of a person, {describe_model(name)}',
            'predict',
            statistics.median(rates[0]),
            statistics.median(rates[workers]),
            'images/s',
            None,
            equal[workers],
        )


@contextlib.contextmanager
def start_ray() -> Iterator[None]:
    """Start Ray on this machine, for all runs, and keep its output quiet."""
    ray = require('ray', 'benchmark ray')
    ray.init(
        'local',
        num_cpus=max(WORKERS) + SPARE_CPUS,
        include_dashboard=False,
        log_to_driver=False,
    )
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            yield
    finally:
        ray.shutdown()


def run(folder: Path, model: PoseModel, workers: int, job: RayJob) -> float:
    """Predict with Ray, or locally with 0 workers; return images a second."""
    source, people = str(folder / 'images'), People(whole_image=True)
    out = folder / f'out{workers}'
    shutil.rmtree(out, ignore_errors=True)
    if workers == 0:
        done = predict_files(source, out, model, people, pictures=False)
        return done.images / done.seconds
    done = predict_with_ray(source, out, model, people, job=job)
    times = [path.stat().st_mtime for path in (out / 'shards').iterdir()]
    return (done.images - job.shard_size) / (max(times) - min(times))


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
