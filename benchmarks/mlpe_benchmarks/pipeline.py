"""Measure the training data pipeline at 384x288, on one core.

The peers are MSPN's pipeline, and ours of stock transforms. The images are
generated. What costs time is as in COCO: the number of pixels, of bytes of a
file, and of labelled keypoints.
"""

import json
import logging
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
from mmengine.config import Config
from mmengine.dataset import pseudo_collate
from mmengine.logging import MMLogger
from mmengine.registry import init_default_scope
from torch.utils.data import DataLoader

import mlpe_mmpose  # noqa: F401, its stand-in must precede mmpose
from mlpe_mmpose.datasets.shared_storage_collate import (
    shared_storage_collate,
)
from mlpe_mmpose.shipped import find_shipped
from mlpe_mmpose.tools.synth.generator import generate_dataset

from .harness import Options, Row, check_difference, take_turns, use_one_core

from mmpose.datasets import CocoDataset  # isort: skip

CONFIG = find_shipped('configs/mlpe_resnest101_384x288.py')
STOCK = dict(
    FastRandomFlip='RandomFlip', FastRandomBBoxTransform='RandomBBoxTransform'
)
BATCH = 32
SPLIT = 'annotations/person_keypoints_train2017.json'


def measure(options: Options) -> Iterator[Row]:
    """Yield rows of the whole pipeline, of its steps, and of the transfer."""
    init_default_scope('mmpose')
    MMLogger.get_current_instance().setLevel(logging.ERROR)
    config = Config.fromfile(CONFIG)
    pipeline = config.train_pipeline
    same = replace_fast_steps(pipeline, make_megvii_step(config.codec))
    with tempfile.TemporaryDirectory() as folder, use_one_core():
        write_images(Path(folder), 16 if options.quick else 80)
        ours, same, mspn = (
            CocoDataset(
                ann_file=SPLIT,
                data_root=folder,
                data_prefix=dict(img='train2017/'),
                pipeline=steps,
            )
            for steps in (pipeline, same, make_mspn_pipeline(config.codec))
        )
        difference = compare_samples(ours, same)
        size = f'{len(ours)} people, 640x480 JPEG to 384x288'
        for what, peer, name, equal in (
            ('MSPN as shipped', mspn, "MSPN's pipeline", ''),
            ('our augmentations', same, 'stock transforms', difference),
        ):
            seconds = take_turns(
                lambda: load_all(ours), lambda p=peer: load_all(p), options
            )
            theirs, mine = (1e3 * s / len(ours) for s in seconds[::-1])
            what = f'data pipeline, {what}'
            yield Row(what, size, name, theirs, mine, 'ms', 1.5, equal)
        yield from measure_steps(ours, same, options, size)
        yield compare_receiving(ours, same, options)


def make_megvii_step(codec: dict) -> dict:
    """Return the transform that draws four maps for each keypoint."""
    encoders = [
        dict(
            type='MegviiHeatmap',
            input_size=codec['input_size'],
            heatmap_size=codec['heatmap_size'],
            kernel_size=window,
        )
        for window in codec['kernel_sizes']
    ]
    return dict(type='GenerateTarget', multilevel=True, encoder=encoders)


def make_mspn_pipeline(codec: dict) -> list[dict]:
    """Return the pipeline of td-hm_mspn50_8xb32-210e_coco, at 384x288."""
    return [
        dict(type='LoadImage'),
        dict(type='GetBBoxCenterScale'),
        dict(type='RandomFlip', direction='horizontal'),
        dict(type='RandomHalfBody'),
        dict(type='RandomBBoxTransform'),
        dict(type='TopdownAffine', input_size=codec['input_size']),
        make_megvii_step(codec),
        dict(type='PackPoseInputs'),
    ]


def replace_fast_steps(pipeline: list | dict, target: dict) -> list | dict:
    """Return the pipeline with stock transforms in place of fast ones."""
    if isinstance(pipeline, list):
        return [replace_fast_steps(step, target) for step in pipeline]
    if pipeline['type'] == 'GenerateTarget':
        return target
    step = dict(pipeline, type=STOCK.get(pipeline['type'], pipeline['type']))
    if 'transforms' in step:
        step['transforms'] = replace_fast_steps(step['transforms'], target)
    return step


def write_images(folder: Path, number: int) -> None:
    """Generate people, then make their images as costly as COCO's."""
    generate_dataset(folder, number, 1, seed=0, image_size=(640, 480))
    rng = np.random.default_rng(0)
    # Noise of 8 grey levels gives files of about 160 kB, as COCO's (18 GB for
    # 118,287 images). Without noise a file is smaller and decodes sooner.
    noise = rng.normal(0, 8, (480, 640, 3))
    for path in (folder / 'train2017').iterdir():
        noisy = np.clip(cv2.imread(str(path)) + noise, 0, 255)
        cv2.imwrite(
            str(path), noisy.astype(np.uint8), (cv2.IMWRITE_JPEG_QUALITY, 95)
        )
    # 11 keypoints a person, as in COCO (1.7 million for 150,000 people)
    coco = json.loads((folder / SPLIT).read_text())
    for person in coco['annotations']:
        triplets = np.reshape(person['keypoints'], (17, 3))
        triplets[rng.permutation(17)[11:]] = 0
        person['keypoints'] = triplets.ravel().tolist()
    (folder / SPLIT).write_text(json.dumps(coco))


def load_all(dataset: CocoDataset) -> None:
    """Load every person once, as an epoch does."""
    np.random.seed(0)
    for index in range(len(dataset)):
        dataset[index]


def compare_samples(ours: CocoDataset, peer: CocoDataset) -> str:
    """Check that the same seeds give the same images and weights."""
    difference = 0
    for index in range(len(ours)):
        samples = []
        for dataset in (ours, peer):
            np.random.seed(index)
            samples.append(dataset[index])
        images = [sample['inputs'].float() for sample in samples]
        weights = [
            sample['data_samples'].gt_instance_labels.keypoint_weights[-1]
            for sample in samples
        ]
        for a, b in (images, weights):
            difference = max(difference, (a - b).abs().max().item())
    return check_difference('images and weights', difference, 0)


def measure_steps(
    ours: CocoDataset, peer: CocoDataset, options: Options, size: str
) -> Iterator[Row]:
    """Yield one row for each step; both pipelines have the same steps."""
    turns = [
        [time_steps(ours), time_steps(peer)] for _ in range(options.turns)
    ]
    for number, step in enumerate(turns[0][0]):
        mine, theirs = (
            statistics.median(turn[side][step] for turn in turns)
            for side in (0, 1)
        )
        what = f'data pipeline, step {number}: {step}'
        yield Row(what, size, 'stock transform', theirs, mine, 'ms')


def time_steps(dataset: CocoDataset) -> dict[str, float]:
    """Return the milliseconds for a person by the name of the step."""
    np.random.seed(0)
    spent = defaultdict(float)
    for index in range(len(dataset)):
        start = time.perf_counter()
        sample = dataset.get_data_info(index)
        spent['annotation'] += time.perf_counter() - start
        for step in dataset.pipeline.transforms:
            start = time.perf_counter()
            sample = step(sample)
            spent[type(step).__name__] += time.perf_counter() - start
    return {step: 1e3 * s / len(dataset) for step, s in spent.items()}


def compare_receiving(
    ours: CocoDataset, peer: CocoDataset, options: Options
) -> Row:
    """Compare the time in which the training process receives a batch."""
    turns = [
        (
            measure_receiving(peer, pseudo_collate),
            measure_receiving(ours, shared_storage_collate),
        )
        for _ in range(options.turns)
    ]
    theirs, mine = (statistics.median(s) for s in zip(*turns, strict=True))
    what = 'data pipeline, receiving a batch'
    size = f'one person of {BATCH}, from a loader process'
    return Row(what, size, 'pseudo_collate, heatmaps', theirs, mine, 'ms')


def measure_receiving(dataset: CocoDataset, collate: Callable) -> float:
    """Return the processor time in ms for receiving one person."""
    people = [index % len(dataset) for index in range(3 * BATCH)]
    loader = DataLoader(
        dataset, BATCH, sampler=people, num_workers=1, collate_fn=collate
    )
    batches = iter(loader)
    next(batches)  # the loader's process has started
    start = time.process_time()
    received = sum(len(batch['inputs']) for batch in batches)
    return 1e3 * (time.process_time() - start) / received
