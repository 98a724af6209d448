"""One point of a curve of `scaling.py`, measured in a process of its own.

    PYTHONPATH=benchmarks python -m mlpe_benchmarks.scaling_points NAME N

prints the seconds and MiB of one piece of work as JSON.
"""

import json
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import torch
from mmengine.config import Config
from mmengine.optim import OptimWrapper
from mmengine.registry import init_default_scope
from mmengine.runner import Runner

from mlpe_mmpose.shipped import find_shipped

from .networks import batch_for, build

from mmpose.registry import DATASETS  # isort: skip

TINY = 'mlpe_tiny_synthetic.py'
KIB_PER_MIB = 1024
REPEATS = 5
# an image of COCO's usual size
WIDTH, HEIGHT = 640, 480


def batch_size(size: int) -> dict:
    """A training step of the tiny model with ``size`` persons."""
    model = build(TINY).train()
    batch = batch_for(model, size)
    before = _own_memory()
    optimizer = OptimWrapper(torch.optim.Adam(model.parameters(), lr=1e-3))
    seconds = _median(lambda: model.train_step(batch, optimizer))
    return dict(seconds=seconds, mib=_peak_memory() - before)


def people(count: int) -> dict:
    """One image with ``count`` persons through the predictor."""
    from mlpe_mmpose.apis import Predictor

    generator = np.random.default_rng(0)
    image = generator.integers(0, 256, (HEIGHT, WIDTH, 3), np.uint8)
    corners = generator.random((count, 2)) * (WIDTH / 2, HEIGHT / 2)
    boxes = np.hstack([corners, corners + (WIDTH / 4, HEIGHT / 2)])
    predictor = Predictor(find_shipped(f'configs/{TINY}'))
    before = _own_memory()
    seconds = _median(lambda: list(predictor([image], [boxes])))
    return dict(seconds=seconds, mib=_peak_memory() - before)


def dataset_size(count: int) -> dict:
    """Start of a loader of ``count`` persons; memory of one process of it."""
    config = Config.fromfile(find_shipped(f'configs/{TINY}'))
    init_default_scope('mmpose')
    loader = config.train_dataloader
    with tempfile.TemporaryDirectory() as folder:
        annotations = _annotations(Path(folder), count)
        loader.dataset.update(
            data_root='',
            ann_file=str(annotations),
            data_prefix=dict(img=folder),
        )
        loader.update(num_workers=2, persistent_workers=True)
        before = _own_memory()
        start = time.perf_counter()
        dataset = DATASETS.build(loader.dataset)
        built = time.perf_counter() - start
        loader.dataset = dataset
        batches = Runner.build_dataloader(loader, seed=0)
        iterator = iter(batches)
        next(iterator)
        started = time.perf_counter() - start
        worker = iterator._workers[0].pid
        return dict(
            seconds=started,
            built=built,
            mib=_own_memory() - before,
            worker_mib=_private_memory(worker),
        )


def detections(count: int) -> dict:
    """An evaluation of ``count`` detections, 20 an image."""
    from .detections import DETECTIONS, make_images
    from .evaluation import Evaluation, FastCocoMetric

    images = make_images(count // DETECTIONS)
    with tempfile.TemporaryDirectory() as folder:
        whole = Evaluation(
            FastCocoMetric, images, Path(folder), iou_type='keypoints'
        )
        before = _own_memory()
        seconds = _median(whole.run)
    return dict(seconds=seconds, mib=_peak_memory() - before)


def _annotations(folder: Path, count: int) -> Path:
    """An annotation file of ``count`` persons, all in one image's file."""
    image = np.full((HEIGHT, WIDTH, 3), 127, np.uint8)
    cv2.imwrite(str(folder / 'image.jpg'), image)
    # two persons an image, as COCO's about
    images = [
        dict(id=i, file_name='image.jpg', width=WIDTH, height=HEIGHT)
        for i in range((count + 1) // 2)
    ]
    places = np.random.default_rng(0).random((count, 17, 2)) * (300, 300)
    flags = np.full((count, 17, 1), 2)
    keypoints = np.concatenate([places.round(1), flags], -1).reshape(count, -1)
    annotations = [
        dict(
            id=i,
            image_id=i // 2,
            category_id=1,
            bbox=[0, 0, 300, 300],
            area=9e4,
            iscrowd=0,
            num_keypoints=17,
            keypoints=person,
        )
        for i, person in enumerate(keypoints.tolist())
    ]
    path = folder / 'persons.json'
    categories = [dict(id=1, name='person')]
    path.write_text(
        json.dumps(
            dict(images=images, annotations=annotations, categories=categories)
        )
    )
    return path


def _median(work: Callable[[], object]) -> float:
    """Median seconds, after one call to warm up."""
    seconds = []
    for _ in range(REPEATS + 1):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds[1:])


def _peak_memory() -> float:
    """MiB that this process has had at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KIB_PER_MIB


def _own_memory() -> float:
    """MiB that this process has now."""
    for line in Path('/proc/self/status').read_text().splitlines():
        if line.startswith('VmRSS:'):
            return int(line.split()[1]) / KIB_PER_MIB
    raise RuntimeError('/proc/self/status has no VmRSS: not a Linux?')


def _private_memory(pid: int) -> float:
    """MiB that a process shares with no other."""
    rollup = Path(f'/proc/{pid}/smaps_rollup').read_text()
    fields = ('Private_Clean:', 'Private_Dirty:')
    lines = [line.split() for line in rollup.splitlines()]
    return sum(int(x[1]) for x in lines if x[0] in fields) / KIB_PER_MIB


CURVES = {
    curve.__name__: curve
    for curve in (batch_size, people, dataset_size, detections)
}

if __name__ == '__main__':
    name, size = sys.argv[1:]
    print(json.dumps(dict(size=int(size), **CURVES[name](int(size)))))
