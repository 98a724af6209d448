"""A spoiled file trains and is evaluated, or is refused before it trains."""

import contextlib
import copy
import io
import itertools
import json
import logging
import os
import re
from collections.abc import Iterator
from pathlib import Path

import cv2
import mutations
import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, seed, settings
from mmengine.config import Config
from mmengine.dataset import pseudo_collate
from mmengine.evaluator import Evaluator
from mmengine.logging import MMLogger
from mmengine.registry import init_default_scope
from mmpose.registry import DATASETS, MODELS

from mlpe_mmpose.annotations.keypoints import count_labels
from mlpe_mmpose.engine.hooks import CheckDataHook

TINY = Path(__file__).parents[2] / 'configs/mlpe_tiny_synthetic.py'
# a fault is named by the file, its entry, and the field with its value
NAMED = re.compile(
    r'spoiled\.json(, (the )?(annotation|image|category) .*: '
    r"('\w+' |.* is not an object|\d+ entries have this 'id')"
    r'|, the file has | is no JSON file|.*no person has a box and keypoints)'
)
# Hypothesis keeps its cases, and MMEngine collects garbage, looking at all of
# them, whenever it builds a data set: more of them at once are slow.
ROUND = 500
LEFT_OUT = re.compile(r'(\d+) of \d+ annotations have labelled keypoints')


def _shrink(config: Config) -> None:
    """Give a config an input of 32x24, which takes less time."""
    codecs = [config.model.head.decoder]
    for split in ('train', 'val'):
        for step in config[f'{split}_dataloader'].dataset.pipeline:
            if step.type == 'TopdownAffine':
                step.input_size = (24, 32)
            elif step.type == 'GenerateTarget':
                codecs.append(step.encoder)
    for codec in codecs:
        codec.update(input_size=(24, 32), heatmap_size=(6, 8))


@contextlib.contextmanager
def collect_warnings() -> Iterator[list[str]]:
    """Collect what is logged, and print nothing."""
    lines, handler = [], logging.Handler()
    handler.emit = lambda record: lines.append(record.getMessage())
    logger = MMLogger.get_current_instance()
    level, handlers = logger.level, logger.handlers
    logger.setLevel(logging.WARNING)
    logger.handlers = [handler]
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            yield lines
    finally:
        logger.setLevel(level)
        logger.handlers = handlers


class Training:
    """One step and one evaluation, as a runner does them.

    Args:
        folder (Path): Where the spoiled files are written
        content (dict): A sound file of annotations
        images (Path): The folder of its images
    """

    def __init__(self, folder: Path, content: dict, images: Path):
        init_default_scope('mmpose')
        self.path, self.content = folder / 'spoiled.json', content
        names = content['categories'][0]['keypoints']
        keypoints = {
            i: dict(name=name, id=i, swap='') for i, name in enumerate(names)
        }
        config = Config.fromfile(TINY)
        config.model.backbone.update(base_channels=4)
        config.model.neck.update(in_channels=(4, 8, 16, 32), out_channels=4)
        config.model.head.update(in_channels=4, out_channels=len(names))
        config.model.test_cfg.flip_test = False
        _shrink(config)
        self.model = MODELS.build(config.model)
        self.datasets = [
            dict(
                type='CocoDataset',
                ann_file=str(self.path),
                data_prefix=dict(img=f'{images}/'),
                metainfo=dict(
                    dataset_name='beasts',
                    keypoint_info=keypoints,
                    skeleton_info={},
                    joint_weights=[1.0] * len(names),
                    sigmas=[0.05] * len(names),
                ),
                pipeline=config[f'{split}_dataloader'].dataset.pipeline,
                test_mode=split == 'val',
            )
            for split in ('train', 'val')
        ]
        self.evaluator = dict(type='FastCocoMetric', ann_file=str(self.path))

    def try_file(self, text: str) -> str:
        """Use a file; return the message of the error that refuses it."""
        self.path.write_text(text)
        with collect_warnings() as lines:
            try:
                train, val = map(DATASETS.build, self.datasets)
                evaluator = Evaluator([self.evaluator])
                evaluator.dataset_meta = val.metainfo
                CheckDataHook()._check_metric(evaluator.metrics[0])
            except ValueError as error:
                return str(error)
            self.check_left_out(json.loads(text), train, lines)
            self.train(train)
            self.evaluate(val, evaluator)
        return ''

    def check_left_out(self, content, train, lines) -> None:
        """People with labels are in the data set, or counted in a warning."""
        people = [
            annotation
            for annotation in content['annotations']
            if count_labels(annotation) and not annotation.get('iscrowd')
        ]
        # a person without labels whose `num_keypoints` is wrong is in the set
        samples = (train.get_data_info(i) for i in range(len(train)))
        used = sum(info['keypoints_visible'].any() for info in samples)
        counts = [int(n) for line in lines for n in LEFT_OUT.findall(line)]
        # of the data sets to train on and to validate on
        assert sum(counts) == 2 * (len(people) - used)

    def train(self, dataset) -> None:
        batch = [dataset[i] for i in range(len(dataset))]
        # batch norm needs more than one value
        batch = pseudo_collate(batch * 2)
        self.model.train()
        self.model.zero_grad()
        batch = self.model.data_preprocessor(batch, True)
        losses = self.model(**batch, mode='loss')
        loss, log = self.model.parse_losses(losses)
        loss.backward()
        assert all(torch.isfinite(value).all() for value in log.values())
        for parameter in self.model.parameters():
            assert torch.isfinite(parameter.grad).all()

    def evaluate(self, dataset, evaluator: Evaluator) -> None:
        self.model.eval()
        batch = pseudo_collate([dataset[i] for i in range(len(dataset))])
        with torch.no_grad():
            evaluator.process(self.model.val_step(batch), batch)
            figures = evaluator.evaluate(len(dataset))
        assert np.isfinite(list(figures.values())).all()


def try_many(training: Training, number: int) -> None:
    """Try as many different files, drawn in rounds with seeds 0, 1, ..."""
    counts, texts = dict(refused=0, used=0), set()

    def try_one(text):
        if text not in texts and len(texts) < number:
            message = training.try_file(text)
            assert not message or NAMED.search(message)
            texts.add(text)
            counts['refused' if message else 'used'] += 1

    rules = settings(
        max_examples=ROUND,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    files = mutations.spoiled_files(training.content)
    for number_of_round in itertools.count():
        if len(texts) == number:
            break
        seed(number_of_round)(rules(given(files)(try_one)))()
    assert sum(counts.values()) == number
    assert min(counts.values()) > number / 10
    print(f'{number} spoiled files: {counts}')


@pytest.fixture(scope='module')
def training(tmp_path_factory: pytest.TempPathFactory) -> Training:
    folder = tmp_path_factory.mktemp('spoiled')
    size = (mutations.HEIGHT, mutations.WIDTH, 3)
    noise = np.random.default_rng(0).integers(0, 256, size, np.uint8)
    cv2.imwrite(str(folder / 'noise.jpg'), noise)
    return Training(folder, mutations.make_content('noise.jpg'), folder)


def test_the_sound_file_is_used(training):
    assert not training.try_file(json.dumps(training.content))


@pytest.mark.parametrize('place', [-(10**30), float('nan'), None])
def test_a_place_that_is_not_labelled_may_be_anything(training, place):
    content = copy.deepcopy(training.content)
    content['annotations'][0]['keypoints'][:3] = [0, place, 0]
    assert not training.try_file(json.dumps(content))


def test_ids_of_annotations_that_cannot_be_sorted_are_refused(training):
    content = copy.deepcopy(training.content)
    content['annotations'][0]['id'] = 'x'
    assert training.try_file(json.dumps(content)).endswith(
        "annotation 'x': 'id' is a word, but others are numbers."
    )


def test_hundreds_of_spoiled_files_are_used_or_named(training):
    try_many(training, 200)


@pytest.mark.long
def test_ten_thousand_spoiled_files_are_used_or_named(training):
    try_many(training, 10_000)


@pytest.mark.long
@pytest.mark.skipif(
    'COCO_MINI' not in os.environ,
    reason='no small piece of COCO: set COCO_MINI to its folder',
)
def test_spoiled_files_of_coco_are_used_or_named(tmp_path):
    root = Path(os.environ['COCO_MINI'])
    path = root / 'annotations/person_keypoints_val2017.json'
    content = json.loads(path.read_text())
    # a few images keep a case short
    content['images'] = content['images'][:3]
    known = {image['id'] for image in content['images']}
    content['annotations'] = [
        a for a in content['annotations'] if a['image_id'] in known
    ]
    try_many(Training(tmp_path, content, root / 'val2017'), 1000)
