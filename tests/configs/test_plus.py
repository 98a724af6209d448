"""MLPE-plus: what it changes, and that it costs no more than it says."""

from pathlib import Path

import pytest
import torch
from mmengine.config import Config
from mmengine.registry import PARAM_SCHEDULERS
from mmpose.models import build_pose_estimator
from torch.utils.flop_counter import FlopCounterMode

CONFIGS = Path(__file__).parents[2] / 'configs'
NAMES = ['resnest50_256x192', 'resnest50_384x288', 'resnest101_384x288']


def config(path: str) -> Config:
    return Config.fromfile(CONFIGS / path)


@pytest.mark.parametrize('name', NAMES)
def test_network_and_windows_are_those_of_the_paper_with_laterals(name):
    plus = config(f'plus/mlpe-plus_{name}.py')
    paper = config(f'mlpe_{name}.py')
    assert plus.codec.pop('unbiased')
    assert plus.codec == paper.codec
    assert plus.model.neck.pop('lateral_fusion')
    for part in ('backbone', 'neck', 'data_preprocessor', 'test_cfg'):
        assert plus.model[part] == paper.model[part]
    assert plus.train_cfg == paper.train_cfg
    assert plus.auto_scale_lr == paper.auto_scale_lr


def test_laterals_are_all_that_it_costs_more():
    figures = []
    for path in ('plus/mlpe-plus_{}.py', 'mlpe_{}.py'):
        cfg = config(path.format('resnest50_256x192'))
        cfg.model.backbone.init_cfg = None
        model = build_pose_estimator(cfg.model).eval()
        with FlopCounterMode(display=False) as flops, torch.no_grad():
            model(torch.zeros(1, 3, 256, 192), None, mode='tensor')
        parameters = sum(p.numel() for p in model.parameters())
        figures.append((parameters, flops.get_total_flops()))
    # 1x1 convolutions of C2 to C4, and their norms
    laterals = (256 + 512 + 1024) * 256
    assert figures[0][0] - figures[1][0] == laterals + 3 * 2 * 256
    cells = {256: 64 * 48, 512: 32 * 24, 1024: 16 * 12}
    work = sum(2 * channels * 256 * n for channels, n in cells.items())
    assert figures[0][1] - figures[1][1] == work


def test_the_schedule_ends_with_training():
    plus = config('plus/mlpe-plus_resnest50_256x192.py')
    cosine = plus.param_scheduler[-1]
    assert cosine['end'] == plus.train_cfg.max_epochs
    assert cosine['begin'] + cosine['T_max'] == cosine['end']


@pytest.mark.parametrize('persons', [256, 8])
def test_the_rate_falls_to_a_twentieth_with_every_batch_size(persons):
    plus = config('plus/mlpe-plus_resnest50_256x192.py')
    # as --auto-scale-lr sets it
    rate = plus.optim_wrapper.optimizer.lr * persons / 256
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], rate)
    cosine = PARAM_SCHEDULERS.build(
        plus.param_scheduler[-1],
        default_args=dict(optimizer=optimizer, epoch_length=1),
    )
    for _ in range(plus.train_cfg.max_epochs):
        optimizer.step()
        cosine.step()
    assert cosine.get_last_value() == pytest.approx([rate / 20], rel=0.01)


def test_the_middle_size_costs_less_than_simple_baselines():
    costs = {}
    for path in (
        'plus/mlpe-plus-m_resnest50_256x192.py',
        'peers/simple_baseline_resnest50_256x192.py',
    ):
        cfg = config(path)
        cfg.model.backbone.init_cfg = None
        model = build_pose_estimator(cfg.model).eval().to('meta')
        image = torch.zeros(1, 3, 256, 192, device='meta')
        with FlopCounterMode(display=False) as flops, torch.no_grad():
            model(image, None, mode='tensor')
        costs[path] = flops.get_total_flops()
    ours, theirs = costs.values()
    assert ours < theirs
    # the most multiply-adds that MLPE-plus may cost at this size
    assert ours / 2 < 6.6e9
