"""Measure one point of a curve of `scaling.py`, in a process of its own.

    PYTHONPATH=benchmarks python -m mlpe_benchmarks.scaling_points NAME N

This command prints the seconds and MiB of one piece of work as JSON.
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

from .networks import build, make_batch

from mmpose.registry import DATASETS  # isort: skip

TINY = 'mlpe_tiny_synthetic.py'
KIB_PER_MIB = 1024
REPEATS = 5
# an image of COCO's usual size
WIDTH, HEIGHT = 640, 480


def measure_batch_size(size: int) -> dict:
    """Measure a training step of the tiny model with ``size`` persons."""
    model = build(TINY).train()
    batch = make_batch(model, size)
    before = _read_own_memory()
    optimizer = OptimWrapper(torch.optim.Adam(model.parameters(), lr=1e-3))
    seconds = _measure_median(lambda: model.train_step(batch, optimizer))
    return dict(seconds=seconds, mib=_read_peak_memory() - before)


def measure_people(count: int) -> dict:
    """Measure the predictor on one image with ``count`` persons."""
    from mlpe_mmpose.apis import Predictor

    generator = np.random.default_rng(0)
    image = generator.integers(0, 256, (HEIGHT, WIDTH, 3), np.uint8)
    corners = generator.random((count, 2)) * (WIDTH / 2, HEIGHT / 2)
    boxes = np.hstack([corners, corners + (WIDTH / 4, HEIGHT / 2)])
    predictor = Predictor(find_shipped(f'configs/{TINY}'))
    before = _read_own_memory()
    seconds = _measure_median(lambda: list(predictor([image], [boxes])))
    return dict(seconds=seconds, mib=_read_peak_memory() - before)


def measure_dataset_size(count: int) -> dict:
    """Measure the start of a data loader of ``count`` persons.

    ``worker_mib`` is the private memory of one of the loader's processes.
    """
    config = Config.fromfile(find_shipped(f'configs/{TINY}'))
    init_default_scope('mmpose')
    loader = config.train_dataloader
    with tempfile.TemporaryDirectory() as folder:
        annotations = _write_annotations(Path(folder), count)
        loader.dataset.update(
            data_root='',
            ann_file=str(annotations),
            data_prefix=dict(img=folder),
        )
        loader.update(num_workers=2, persistent_workers=True)
        before = _read_own_memory()
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
            mib=_read_own_memory() - before,
            worker_mib=_read_private_memory(worker),
        )


def measure_detections(count: int) -> dict:
    """Measure an evaluation of ``count`` detections, 20 an image."""
    from .detections import DETECTIONS, make_images
    from .evaluation import Evaluation, FastCocoMetric

    images = make_images(count // DETECTIONS)
    with tempfile.TemporaryDirectory() as folder:
        whole = Evaluation(
            FastCocoMetric, images, Path(folder), iou_type='keypoints'
        )
        before = _read_own_memory()
        seconds = _measure_median(whole.run)
    return dict(seconds=seconds, mib=_read_peak_memory() - before)


def _write_annotations(folder: Path, count: int) -> Path:
    """Write annotations of ``count`` persons; all images are one file."""
    image = np.full((HEIGHT, WIDTH, 3), 127, np.uint8)
    cv2.imwrite(str(folder / 'image.jpg'), image)
    # two persons an image, about as many as in COCO
    images = [
        dict(id=i, file_name='image.jpg', width=WIDTH, height=HEIGHT)
        for i in range((count + 1) // 2)
    ]
    points = np.random.default_rng(0).random((count, 17, 2)) * (300, 300)
    flags = np.full((count, 17, 1), 2)
    keypoints = np.concatenate([points.round(1), flags], -1).reshape(count, -1)
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


def _measure_median(work: Callable[[], object]) -> float:
    """Return the median seconds of some calls, after one untimed call."""
    seconds = []
    for _ in range(REPEATS + 1):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds[1:])


def _read_peak_memory() -> float:
    """Return the largest memory of this process so far, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KIB_PER_MIB


def _read_own_memory() -> float:
    """Return the memory of this process now, in MiB."""
    for line in Path('/proc/self/status').read_text().splitlines():
        if line.startswith('VmRSS:'):
            return int(line.split()[1]) / KIB_PER_MIB
    raise RuntimeError('/proc/self/status has no VmRSS: not a Linux?')


def _read_private_memory(pid: int) -> float:
    """Return the memory that a process shares with no other, in MiB."""
    rollup = Path(f'/proc/{pid}/smaps_rollup').read_text()
    fields = ('Private_Clean:', 'Private_Dirty:')
    lines = [line.split() for line in rollup.splitlines()]
    return sum(int(x[1]) for x in lines if x[0] in fields) / KIB_PER_MIB


CURVES = {
    'batch_size': measure_batch_size,
    'people': measure_people,
    'dataset_size': measure_dataset_size,
    'detections': measure_detections,
}

if __name__ == '__main__':
    name, size = sys.argv[1:]
    print(json.dumps(dict(size=int(size), **CURVES[name](int(size)))))
