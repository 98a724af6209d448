"""A small piece of real COCO, from images to AP."""

import json
from pathlib import Path

import pytest
import torch
from mmengine.config import Config
from mmengine.runner import Runner
from photographs import COCO, needs_photographs
from trainings import CONFIGS, as_arguments, data_options, last_ap

DETECTIONS = 'person_detection_results/coco_mini_val_detections.json'

STEPS = 120

pytestmark = needs_photographs


@pytest.mark.long
def test_the_papers_model_trains_and_tests_on_photographs(mim, tmp_path):
    options = {
        **data_options(COCO),
        'model.backbone.init_cfg': None,  # no network, no published weights
        'train_cfg.max_epochs': 1,
        'train_cfg.val_interval': 1,
        'train_dataloader.batch_size': 4,
        # iterations: 12 persons to train on, 20 to measure on
        'train_dataloader.dataset.indices': 12,
        'val_dataloader.dataset.indices': 20,
        'test_dataloader.dataset.indices': 20,
        'default_hooks.logger.interval': 1,
        'test_evaluator.outfile_prefix': tmp_path / 'results',
    }
    config = 'mlpe_resnest50_256x192.py'
    arguments = ['--work-dir', tmp_path / 'run']
    options['test_dataloader.dataset.bbox_file'] = None
    trained = mim('train', config, *arguments, *as_arguments(options))
    for term in ('loss_level0', 'loss_level3', 'loss_refine', 'acc_pose'):
        assert term in trained

    checkpoint = tmp_path / 'run/epoch_1.pth'
    arguments += ['-C', checkpoint]
    tested = mim('test', config, *arguments, *as_arguments(options))
    # the same boxes as in training's validation, so the same figure
    assert last_ap(tested) == pytest.approx(last_ap(trained), abs=1e-6)
    assert len(results(tmp_path)) == 20

    options['test_dataloader.dataset.bbox_file'] = COCO / DETECTIONS
    del options['test_dataloader.dataset.indices']
    mim('test', config, *arguments, *as_arguments(options))
    check_scores(results(tmp_path))


def check_scores(found: list[dict]) -> None:
    """The poses of the detection file, scored by box and heatmap."""
    detections = json.loads((COCO / DETECTIONS).read_text())
    # one pose a detection, but for those that OKS-NMS has merged
    assert 0.5 * len(detections) < len(found) <= len(detections)
    best = {d['image_id']: 0 for d in detections}
    for detection in detections:
        image = detection['image_id']
        best[image] = max(best[image], detection['score'])
    # a person's score is the box's, times at least 0.5 (an empty heatmap)
    assert all(
        0 < pose['score'] <= 1.5 * best[pose['image_id']] for pose in found
    )


def results(folder: Path) -> list[dict]:
    return json.loads((folder / 'results.keypoints.json').read_text())


@pytest.mark.long
def test_the_tiny_model_overfits_eight_people(tmp_path):
    torch.set_num_threads(2)
    root = eight_people(tmp_path)
    config = Config.fromfile(CONFIGS / 'mlpe_tiny_synthetic.py')
    config.merge_from_dict(data_options(root))
    config.work_dir = str(tmp_path / 'run')
    enlarge(config)
    # no augmentation, and all eight in every step
    pipeline = config.train_dataloader.dataset.pipeline
    config.train_dataloader.dataset.pipeline = [
        step for step in pipeline if 'Random' not in step['type']
    ]
    config.train_dataloader.batch_size = 8
    config.train_cfg = dict(
        by_epoch=True, max_epochs=STEPS, val_interval=STEPS
    )
    config.param_scheduler[1].update(T_max=STEPS, end=STEPS)
    config.default_hooks.checkpoint.interval = STEPS
    runner = Runner.from_cfg(config)
    runner.train()
    assert runner.message_hub.get_scalar('val/coco/AP').current() >= 0.95


def enlarge(config: Config) -> None:
    """Twice the tiny model's input.

    At 128x96 a cell is a fifth of a face: perfect heatmaps of these eight
    people reach an AP of 0.94 there, and 1.0 at 256x192.
    """
    size = dict(input_size=(192, 256), heatmap_size=(48, 64))
    config.model.head.decoder.update(size)
    for split in ('train', 'val', 'test'):
        for step in config[f'{split}_dataloader'].dataset.pipeline:
            if step['type'] == 'TopdownAffine':
                step['input_size'] = size['input_size']
            if step['type'] == 'GenerateTarget':
                step['encoder'].update(size)


def eight_people(folder: Path) -> Path:
    """A data set of the eight largest persons with most keypoints."""
    path = 'annotations/person_keypoints_val2017.json'
    dataset = json.loads((COCO / path).read_text())
    whole = [
        a
        for a in dataset['annotations']
        if a['num_keypoints'] >= 12 and not a['iscrowd']
    ]
    chosen = sorted(whole, key=lambda a: -a['area'])[:8]
    assert len(chosen) == 8
    images = {a['image_id'] for a in chosen}
    dataset['annotations'] = chosen
    dataset['images'] = [i for i in dataset['images'] if i['id'] in images]
    (folder / 'coco/annotations').mkdir(parents=True)
    for split in ('train', 'val'):
        name = f'annotations/person_keypoints_{split}2017.json'
        (folder / 'coco' / name).write_text(json.dumps(dataset))
        (folder / f'coco/{split}2017').symlink_to(COCO / 'val2017')
    return folder / 'coco'
