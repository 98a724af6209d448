"""Every row of suite `lspet` trains and predicts, on data of its format."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from mmengine.dataset import pseudo_collate
from mmengine.evaluator import Evaluator
from mmpose.models import build_pose_estimator
from mmpose.registry import DATASETS

from mlpe_mmpose.tools.compare.dataset import read_dataset
from mlpe_mmpose.tools.compare.run_config import add_pck
from mlpe_mmpose.tools.compare.runs import plan_runs
from mlpe_mmpose.tools.compare.suite import load_suite

SUITE = load_suite('lspet')
NUM_KEYPOINTS = 14


@pytest.fixture(scope='module')
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four noisy images with one person each, in the folders of the suite."""
    root = tmp_path_factory.mktemp('lspet')
    random = np.random.default_rng(0)
    for split in ('train', 'val'):
        images, annotations = [], []
        (root / split).mkdir()
        for number in range(1, 5):
            name = f'{number:05}.jpg'
            noise = random.integers(0, 256, (150, 120, 3), np.uint8)
            cv2.imwrite(str(root / split / name), noise)
            x, y = random.integers(20, 100, (2, NUM_KEYPOINTS))
            flags = 2 * (random.random(NUM_KEYPOINTS) < 0.8)
            images.append(
                dict(id=number, file_name=name, width=120, height=150)
            )
            keypoints = np.column_stack([x, y, flags]).ravel().tolist()
            annotations.append(
                dict(
                    id=number,
                    image_id=number,
                    category_id=1,
                    iscrowd=0,
                    bbox=[15, 15, 90, 90],
                    area=4300,
                    num_keypoints=int((flags > 0).sum()),
                    keypoints=keypoints,
                )
            )
        content = dict(images=images, annotations=annotations)
        content['categories'] = [dict(id=1, name='person')]
        (root / f'{split}.json').write_text(json.dumps(content))
    return root


@pytest.mark.parametrize('row', [row.name for row in SUITE.experiments])
def test_a_row_trains_for_a_step_and_is_tested(data, tmp_path, row):
    dataset = read_dataset(data, SUITE.data)
    dataset.check()
    runs = plan_runs(SUITE, dataset, tmp_path, seeds=1)
    (run,) = [run for run in runs if run.experiment.name == row]
    config = add_pck(run.config)
    model = build_pose_estimator(config.model)
    model.init_weights()
    optimizer = torch.optim.SGD(model.parameters(), 1e-4)

    people = DATASETS.build(config.train_dataloader.dataset)
    batch = pseudo_collate([people[i] for i in range(4)])
    batch = model.data_preprocessor(batch, training=True)
    losses = model(**batch, mode='loss')
    total, _ = model.parse_losses(losses)
    total.backward()
    optimizer.step()
    assert torch.isfinite(total)
    missing = [n for n, p in model.named_parameters() if p.grad is None]
    assert missing == []

    people = DATASETS.build(config.test_dataloader.dataset)
    batch = pseudo_collate([people[i] for i in range(4)])
    evaluator = Evaluator(config.test_evaluator)
    evaluator.dataset_meta = people.metainfo
    model.eval()
    with torch.no_grad():
        found = model.test_step(batch)
    evaluator.process(found, batch)
    metrics = evaluator.evaluate(4)
    assert 0 <= metrics['lspet/AP'] <= 1
    assert 0 <= metrics['pck/PCK'] <= 1
    assert found[0].pred_instances.keypoints.shape == (1, NUM_KEYPOINTS, 2)
