"""Losses wait on the device, and none is lost."""

from pathlib import Path

import pytest
import torch
from mmengine.hooks import Hook
from mmengine.model import BaseModel
from mmengine.runner import Runner
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.data import DataLoader

LOGGER_INTERVAL = 3


class LineModel(BaseModel):
    """Fits a line; logs a tensor, a tensor of one element, and a number."""

    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(1, 1)

    def forward(self, x, mode='tensor'):
        loss = (self.linear(x) - 2 * x).square().mean()
        return dict(loss=loss)

    def train_step(self, data, optim_wrapper):
        outputs = super().train_step(data, optim_wrapper)
        return dict(outputs, twice=2 * outputs['loss'][None], constant=1.5)


class CountReads(TorchDispatchMode):
    """Counts the operators that make the host wait for a value."""

    reads = 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        self.reads += func is torch.ops.aten._local_scalar_dense.default
        return func(*args, **(kwargs or {}))


class KeepReads(Hook):
    """Counts the reads of each iteration, all hooks included."""

    priority = 'LOWEST'

    def before_train(self, runner):
        runner.reads = []

    def before_train_iter(self, runner, **kwargs):
        self.mode = CountReads()
        self.mode.__enter__()

    def after_train_iter(self, runner, **kwargs):
        self.mode.__exit__(None, None, None)
        runner.reads.append(self.mode.reads)


@pytest.fixture
def train(tmp_path: Path):
    """Train eight steps in two epochs: ``train(hook, **hooks)``."""

    def run(hook: str, **hooks: dict) -> Runner:
        torch.manual_seed(0)
        name = f'{tmp_path.name}_{hook}_{len(hooks)}'
        runner = Runner(
            model=LineModel(),
            work_dir=str(tmp_path / name),
            train_dataloader=DataLoader(
                [dict(x=torch.tensor([float(i)])) for i in range(8)],
                batch_size=2,
            ),
            train_cfg=dict(by_epoch=True, max_epochs=2),
            optim_wrapper=dict(optimizer=dict(type='SGD', lr=0.01)),
            default_hooks=dict(
                runtime_info=dict(type=hook),
                logger=dict(type='LoggerHook', interval=LOGGER_INTERVAL),
                **hooks,
            ),
            custom_hooks=[KeepReads()],
            default_scope='mmpose',
            experiment_name=name,
        )
        runner.train()
        return runner

    return run


def histories(runner: Runner) -> dict[str, list[float]]:
    return {
        name: buffer.data[0].tolist()
        for name, buffer in runner.message_hub.log_scalars.items()
        if 'time' not in name
    }


def test_the_history_is_that_of_the_stock_hook(train):
    ours = histories(train('DeferredLogHook'))
    assert ours == histories(train('RuntimeInfoHook'))
    assert len(ours['train/loss']) == 8
    assert ours['train/twice'] == [2 * loss for loss in ours['train/loss']]


def test_only_iterations_that_log_read_from_the_device(train):
    # two epochs of four; each logs its third, and its fourth is its last
    assert train('RuntimeInfoHook').reads == [2] * 8
    # one copy for all values is no scalar read
    assert train('DeferredLogHook').reads == [0] * 8


def test_a_checkpoint_between_two_logs_has_the_whole_history(train):
    hooks = dict(
        checkpoint=dict(type='CheckpointHook', interval=2, by_epoch=False),
        plain_checkpoint=dict(type='PlainCheckpointHook'),
    )
    runner = train('DeferredLogHook', **hooks)
    path = Path(runner.work_dir) / 'iter_2.pth'
    state = torch.load(path, weights_only=True)
    history = state['message_hub']['log_scalars']['train/loss']
    assert len(history['log_history']) == 2
    written = histories(runner)['train/loss']
    assert history['log_history'].tolist() == written[:2]
