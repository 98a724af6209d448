"""Every row of the suites with many networks trains, and is tested."""

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
from mlpe_mmpose.tools.synth.generator import generate_dataset

NAMES = (
    'lspet',
    'tiny_steps',
    'lspet_gpu',
    'table2',
    'lspet_tuned',
    'tiny_tuned',
)
SUITES = {name: load_suite(name) for name in NAMES}
# all small networks, and the large ones whose heads or targets differ
ROWS = [
    (name, row.name) for name in NAMES[:2] for row in SUITES[name].experiments
]
ROWS += [('table2', name) for name in ('mspn50', 'offsets_resnest50')]
ROWS += [('table2', 'rtmpose_m')]
# the codecs that only these suites have, and peers of another size
ROWS += [('lspet_tuned', 'cpn'), ('tiny_tuned', 'simple_baseline')]
ROWS += [('tiny_tuned', 'hrnet_narrow'), ('tiny_tuned', 'mspn_slower')]
ROWS += [('tiny_tuned', 'rtmpose_head_slower')]
# ResNeSt-50 at 256x256, many times
ROWS += [
    pytest.param('lspet_gpu', row.name, marks=pytest.mark.long)
    for row in SUITES['lspet_gpu'].experiments
]
# batch norms over single cells need two people
PEOPLE = 2


@pytest.fixture(scope='module')
def lspet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Noisy images with one person each, in the folders of the suite."""
    root = tmp_path_factory.mktemp('lspet')
    random = np.random.default_rng(0)
    for split in ('train', 'val'):
        images, annotations = [], []
        (root / split).mkdir()
        for number in range(1, PEOPLE + 1):
            name = f'{number:05}.jpg'
            noise = random.integers(0, 256, (150, 120, 3), np.uint8)
            cv2.imwrite(str(root / split / name), noise)
            x, y = random.integers(20, 100, (2, 14))
            flags = 2 * (random.random(14) < 0.8)
            images.append(
                dict(id=number, file_name=name, width=120, height=150)
            )
            annotations.append(
                dict(
                    id=number,
                    image_id=number,
                    category_id=1,
                    iscrowd=0,
                    bbox=[15, 15, 90, 90],
                    area=4300,
                    num_keypoints=int((flags > 0).sum()),
                    keypoints=np.column_stack([x, y, flags]).ravel().tolist(),
                )
            )
        content = dict(images=images, annotations=annotations)
        content['categories'] = [dict(id=1, name='person')]
        (root / f'{split}.json').write_text(json.dumps(content))
    return root


@pytest.fixture(scope='module')
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp('people')
    generate_dataset(root, PEOPLE, PEOPLE, seed=0)
    return root


@pytest.mark.parametrize(('suite', 'row'), ROWS)
def test_a_row_trains_for_a_step_and_is_tested(request, tmp_path, suite, row):
    data = 'lspet' if suite.startswith('lspet') else 'generated'
    folder = request.getfixturevalue(data)
    dataset = read_dataset(folder, SUITES[suite].data)
    dataset.check()
    runs = plan_runs(SUITES[suite], dataset, tmp_path, seeds=1)
    (run,) = [run for run in runs if run.experiment.name == row]
    config = add_pck(run.config)
    config.model.backbone.init_cfg = None  # no weights are fetched
    model = build_pose_estimator(config.model)
    optimizer = torch.optim.SGD(model.parameters(), 1e-4)

    people = DATASETS.build(config.train_dataloader.dataset)
    batch = pseudo_collate([people[i] for i in range(PEOPLE)])
    batch = model.data_preprocessor(batch, training=True)
    # the precision of a GPU, where the config has one
    dtype = config.optim_wrapper.get('dtype')
    with torch.autocast('cpu', torch.bfloat16, enabled=dtype == 'bfloat16'):
        losses = model(**batch, mode='loss')
    total, _ = model.parse_losses(losses)
    total.backward()
    optimizer.step()
    assert torch.isfinite(total)
    without = [n for n, p in model.named_parameters() if p.grad is None]
    assert without == []

    people = DATASETS.build(config.test_dataloader.dataset)
    batch = pseudo_collate([people[0]])
    evaluator = Evaluator(config.test_evaluator)
    evaluator.dataset_meta = people.metainfo
    model.eval()
    with torch.no_grad():
        found = model.test_step(batch)
    evaluator.process(found, batch)
    metrics = evaluator.evaluate(1)
    assert -1 <= metrics[f'{dataset.prefix}/AP'] <= 1
    assert 0 <= metrics['pck/PCK'] <= 1
    shape = found[0].pred_instances.keypoints.shape
    assert shape == (1, people.metainfo['num_keypoints'], 2)
