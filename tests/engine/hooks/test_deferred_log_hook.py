"""Losses wait on the device, and none is lost."""

import json
import weakref
from pathlib import Path

import pytest
import torch
from line_training import Line, line_runner
from mmengine.logging import MessageHub
from mmengine.model import BaseModel
from mmengine.runner import Runner
from test_atomic_checkpoint_hook import RisingScore, ValidatedModel
from torch import nn
from torch.utils.data import DataLoader


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


class LossesWithoutValues(LineModel):
    """Logs, from a certain iteration on, losses that nobody can read.

    They are on PyTorch's meta device, whose tensors have shapes but no
    values: whatever would make the host wait for a value raises there.
    """

    def __init__(self, since, read=None):
        super().__init__()
        self.since, self.read, self.steps = since, read, 0

    def train_step(self, data, optim_wrapper):
        outputs = super().train_step(data, optim_wrapper)
        self.steps += 1
        if self.steps > self.since:
            outputs = dict(outputs, loss=outputs['loss'].detach().to('meta'))
            if self.read:
                self.read(outputs['loss'])
        return outputs


# what makes the host wait for a value of the device, by its name
READS = dict(
    tolist=lambda loss: loss.tolist(),
    item=lambda loss: loss.item(),
    cpu=lambda loss: loss.cpu(),
    numpy=lambda loss: loss.numpy(),
    bool=lambda loss: bool(loss > 0),
    nonzero=lambda loss: loss.nonzero(),
)


@pytest.fixture
def train(tmp_path: Path):
    """Train two epochs of four steps: ``train(hook, **hooks)``."""

    def run(
        hook: str,
        model: LineModel | None = None,
        interval: int = 3,
        **hooks: dict,
    ) -> Runner:
        torch.manual_seed(0)
        name = f'{tmp_path.name}_{hook}_{interval}_{len(hooks)}'
        runner = Runner(
            model=model or LineModel(),
            work_dir=str(tmp_path / name),
            train_dataloader=DataLoader(
                [dict(x=torch.tensor([float(i)])) for i in range(8)],
                batch_size=2,
            ),
            train_cfg=dict(by_epoch=True, max_epochs=2),
            optim_wrapper=dict(optimizer=dict(type='SGD', lr=0.01)),
            default_hooks=dict(
                runtime_info=dict(type=hook),
                logger=dict(type='LoggerHook', interval=interval),
                **hooks,
            ),
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


# the logger logs the end of an epoch that is shorter than its interval
@pytest.mark.parametrize(
    ('interval', 'steps'), [(3, [3, 7]), (100, [4, 8]), (1, range(1, 9))]
)
def test_what_is_logged_is_what_the_stock_hook_logs(train, interval, steps):
    def logged(hook: str) -> list[dict]:
        runner = train(hook, interval=interval)
        (path,) = Path(runner.work_dir).rglob('scalars.json')
        lines = [json.loads(line) for line in path.read_text().splitlines()]
        return [
            {k: v for k, v in line.items() if 'time' not in k}
            for line in lines
        ]

    ours = logged('DeferredLogHook')
    assert ours == logged('RuntimeInfoHook')
    assert [line['step'] for line in ours] == list(steps)


def test_a_loss_that_waits_does_not_keep_the_graph_of_its_iteration(train):
    class Observed(LineModel):
        losses = []

        def train_step(self, data, optim_wrapper):
            # that of the iteration before may still be the loop's
            assert not any(loss() is not None for loss in self.losses[:-1])
            outputs = super().train_step(data, optim_wrapper)
            self.losses.append(weakref.ref(outputs['loss']))
            return outputs

    model = Observed()
    train('DeferredLogHook', model)
    assert len(model.losses) == 8


# two epochs of four iterations; each logs its third, and its fourth is its
# last: a loss without a value is met at the first of these that has one
@pytest.mark.parametrize(
    ('since', 'read_at'), [(0, 3), (2, 3), (3, 4), (4, 7), (6, 7), (7, 8)]
)
def test_only_iterations_that_log_read_from_the_device(train, since, read_at):
    model = LossesWithoutValues(since)
    with pytest.raises(RuntimeError, match=r'(?i)meta'):
        train('DeferredLogHook', model)
    assert model.steps == read_at


def test_the_stock_hook_reads_in_every_iteration(train):
    model = LossesWithoutValues(since=0)
    with pytest.raises(RuntimeError, match=r'(?i)meta'):
        train('RuntimeInfoHook', model)
    assert model.steps == 1


@pytest.mark.parametrize('read', READS)
def test_a_read_of_any_kind_would_be_noticed_at_once(train, read):
    model = LossesWithoutValues(since=1, read=READS[read])
    with pytest.raises((RuntimeError, TypeError), match=r'(?i)meta'):
        train('DeferredLogHook', model)
    assert model.steps == 2


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


@pytest.mark.parametrize('hook', ['DeferredLogHook', 'RuntimeInfoHook'])
def test_the_best_checkpoint_between_two_logs_has_the_whole_history(
    tmp_path, hook
):
    runner = line_runner(
        tmp_path,
        epochs=1,
        hooks=dict(
            runtime_info=dict(type=hook),
            checkpoint=dict(
                type='CheckpointHook',
                by_epoch=False,
                interval=100,
                save_best='score',
                # a score that rises is the best after the first validation
                rule='less',
            ),
            plain_checkpoint=dict(type='PlainCheckpointHook'),
        ),
        model=ValidatedModel,
        val_dataloader=DataLoader(Line(), batch_size=8),
        val_cfg=dict(),
        val_evaluator=[RisingScore()],
        train_cfg=dict(by_epoch=False, max_iters=5, val_interval=3),
    )
    runner.train()
    state = torch.load(tmp_path / 'best_score_iter_3.pth', weights_only=True)
    history = state['message_hub']['log_scalars']['train/loss']
    assert len(history['log_history']) == 3


class StageModel(ValidatedModel):
    """Keeps what the message hub says in training and in validation."""

    stages = ()

    def forward(self, x, y, mode='tensor'):
        hub = MessageHub.get_current_instance()
        self.stages += ((mode, hub.get_info('loop_stage')),)
        return super().forward(x, y, mode)


def test_a_model_can_tell_a_validation_from_a_training(tmp_path):
    runner = line_runner(
        tmp_path,
        epochs=2,
        hooks=dict(runtime_info=dict(type='DeferredLogHook')),
        model=StageModel,
        val_dataloader=DataLoader(Line(), batch_size=8),
        val_cfg=dict(),
        val_evaluator=[RisingScore()],
    )
    runner.train()
    epoch = (('loss', 'train'), ('loss', 'train'), ('predict', 'val'))
    assert runner.model.stages == 2 * epoch
