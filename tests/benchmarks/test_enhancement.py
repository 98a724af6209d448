"""The figures of docs/results.md about feature enhancement."""

import pytest
import torch
from mlpe_benchmarks import enhancement
from mmengine.config import Config
from mmengine.registry import init_default_scope

from mlpe_mmpose.shipped import find_shipped
from mlpe_mmpose.tools.synth.generator import generate_dataset

from mmpose.models import build_pose_estimator  # isort: skip


@pytest.fixture(scope='module')
def config(tmp_path_factory) -> Config:
    root = tmp_path_factory.mktemp('people')
    generate_dataset(root, 24, 1, seed=0)
    config = Config.fromfile(find_shipped('configs/mlpe_tiny_synthetic.py'))
    config.train_dataloader.dataset.data_root = f'{root}/'
    init_default_scope('mmpose')
    return config


def test_a_normalised_lateral_keeps_half_its_power_after_relu(config):
    found = enhancement.measure_enhancement(config, None)
    lateral = found['lateral of C5, root mean square']
    assert lateral == pytest.approx(0.5**0.5, abs=0.1)
    assert found['gradient over weight, least'] > 0


def test_one_pooled_cell_with_equal_weights_is_the_same_everywhere(
    config, tmp_path
):
    model = build_pose_estimator(config.model)
    last = model.neck.enhancement.weigh[1]
    torch.nn.init.zeros_(last.weight)
    torch.nn.init.zeros_(last.bias)
    path = str(tmp_path / 'equal.pth')
    torch.save(model.state_dict(), path)
    found = enhancement.measure_enhancement(config, path)
    assert found['weights, mean'] == 0.5
    assert found['weights, deviation'] == 0
    assert found['context, root mean square'] > 0.1
    # 0.1, 0.2, 0.3 of 4 x 3 cells: the mean of the map, three times
    assert found['variation of the context over the cells'] < 1e-6
