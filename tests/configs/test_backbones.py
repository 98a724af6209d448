"""Neck, head and loss on other backbones: built, trained, predicting."""

from pathlib import Path

import numpy as np
import pytest
import torch
from mmengine.config import Config
from mmengine.optim import build_optim_wrapper
from mmengine.runner import Runner
from mmpose.apis import inference_topdown
from mmpose.models import build_pose_estimator

from mlpe_mmpose.tools.synth.generator import generate_dataset

from mmpose.registry import DATASETS  # isort: skip

BACKBONES = Path(__file__).parents[2] / 'configs/backbones'
SIZE = dict(input_size=(64, 64), heatmap_size=(16, 16))


@pytest.fixture(scope='module')
def data(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp('people')
    generate_dataset(folder, num_train=4, num_val=1, seed=0)
    return folder


def load(path: Path, data: Path) -> Config:
    """A config with a small input, on generated people."""
    config = Config.fromfile(path)
    config.model.backbone.init_cfg = None
    for split in ('train', 'test'):
        dataset = config[f'{split}_dataloader'].dataset
        dataset.data_root = str(data)
        for step in dataset.pipeline:
            if step['type'] == 'TopdownAffine':
                step.update(input_size=SIZE['input_size'])
            if step['type'] == 'GenerateTarget':
                step.encoder.update(SIZE)
    config.model.head.decoder.update(SIZE)
    loader = config.train_dataloader
    loader.update(batch_size=3, num_workers=0, persistent_workers=False)
    return config


@pytest.mark.parametrize(
    'path', sorted(BACKBONES.glob('*.py')), ids=lambda path: path.stem
)
def test_a_backbone_trains_a_step_and_predicts(path, data):
    config = load(path, data)
    model = build_pose_estimator(config.model)
    before = {n: p.detach().clone() for n, p in model.named_parameters()}
    optimizer = build_optim_wrapper(model, config.optim_wrapper)
    batch = next(iter(Runner.build_dataloader(config.train_dataloader)))
    data = model.train().data_preprocessor(batch, True)
    loss, _ = model.parse_losses(model(**data, mode='loss'))
    loss.backward()
    without = [n for n, p in model.named_parameters() if p.grad is None]
    assert not without
    optimizer.step()
    for name, parameter in model.named_parameters():
        assert parameter.isfinite().all()
        if parameter.grad.abs().max() > 0:
            assert not torch.equal(parameter, before[name]), name

    model.cfg = config
    model.dataset_meta = DATASETS.build(
        config.train_dataloader.dataset
    ).metainfo
    model.eval()
    image = np.random.default_rng(0).integers(0, 256, (90, 120, 3), np.uint8)
    (sample,) = inference_topdown(model, image, np.array([[20, 10, 80, 80]]))
    people = sample.pred_instances
    assert people.keypoints.shape == (1, 17, 2)
    # inside the padded, squared box; one cell outside where a map is empty
    half = 0.5 * 1.25 * 70
    cell = 2 * half / SIZE['heatmap_size'][0]
    assert (np.abs(people.keypoints - (50, 45)) <= half + cell).all()


def test_all_four_backbones_are_there():
    names = {path.stem.split('_')[1] for path in BACKBONES.glob('*.py')}
    assert names == {'resnet50', 'hrnet-w32', 'swin-t', 'convnext-t'}
