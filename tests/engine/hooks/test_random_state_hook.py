"""Trainings that repeat another, bit for bit."""

from pathlib import Path

import pytest
import torch
from line_training import SAFE, Line, LineModel, Stop, line_runner, state_of
from mmengine.evaluator import BaseMetric
from mmengine.hooks import Hook
from torch.utils.data import DataLoader

EPOCHS = 4


class DrawingMetric(BaseMetric):
    """Draws random numbers in validation, as a loader of MMEngine does."""

    def process(self, data_batch, data_samples):
        torch.rand(3)

    def compute_metrics(self, results):
        return dict(score=0)


class PredictingModel(LineModel):
    """Dropout in training, and a prediction in validation."""

    def forward(self, x, y, mode='tensor'):
        if mode == 'predict':
            return [x]
        x = torch.nn.functional.dropout(x, 0.2, training=True)
        return super().forward(x, y)


class Shifts(Hook):
    """Keeps the random shifts of the points of :class:`Line`."""

    def __init__(self):
        self.found = []

    def after_train_iter(self, runner, batch_idx, data_batch, outputs):
        x, y = data_batch
        self.found += (x - y / 2).flatten().tolist()


def train(work_dir: Path, stop: bool, num_workers: int, hooks: dict) -> dict:
    """Train with all that has a state, and return the last checkpoint."""

    def runner(**kwargs: object) -> object:
        return line_runner(
            work_dir,
            EPOCHS,
            hooks=hooks,
            noise=1,
            num_workers=num_workers,
            model=PredictingModel,
            custom_hooks=[dict(type='EMAHook', momentum=0.1)],
            val_dataloader=DataLoader(Line(), batch_size=8),
            val_cfg=dict(),
            val_evaluator=[DrawingMetric()],
            **kwargs,
        )

    first = runner()
    if stop:
        first.register_hook(Stop())
        with pytest.raises(KeyboardInterrupt):
            first.train()
        first = runner(resume=True)
    first.train()
    return state_of(work_dir / f'epoch_{EPOCHS}.pth')


def losses(checkpoint: dict) -> list[float]:
    history = checkpoint['message_hub']['log_scalars']['train/loss']
    return history['log_history'].tolist()


@pytest.mark.parametrize('num_workers', [0, 1])
def test_a_stopped_and_resumed_training_repeats_an_unbroken_one_bit_for_bit(
    tmp_path, num_workers
):
    whole = train(tmp_path / 'whole', False, num_workers, SAFE)
    parts = train(tmp_path / 'parts', True, num_workers, SAFE)
    again = train(tmp_path / 'again', False, num_workers, SAFE)
    assert len(losses(whole)) == 2 * EPOCHS
    # neither the augmentation nor the dropout of two epochs is the same
    assert len(set(losses(whole))) == 2 * EPOCHS
    for other in (parts, again):
        assert losses(other) == losses(whole)
        for key in ('state_dict', 'ema_state_dict'):
            assert whole[key].keys() == other[key].keys()
            for name, value in whole[key].items():
                assert torch.equal(other[key][name], value), name
        assert other['param_schedulers'] == whole['param_schedulers']


def test_no_process_of_a_loader_draws_what_another_draws_in_any_epoch(
    tmp_path,
):
    runner = line_runner(tmp_path, 2, hooks=SAFE, noise=1, num_workers=2)
    shifts = Shifts()
    runner.register_hook(shifts)
    runner.train()
    # the index that is subtracted again rounds the last digits
    assert len({round(shift, 4) for shift in shifts.found}) == 16


def test_without_the_hook_a_resumed_training_draws_other_numbers(tmp_path):
    # the day that this fails, the hook is needed no more
    hooks = {k: v for k, v in SAFE.items() if k != 'random_state'}
    whole = train(tmp_path / 'whole', False, 0, hooks)
    parts = train(tmp_path / 'parts', True, 0, hooks)
    assert losses(parts) != losses(whole)


def test_weights_that_are_only_loaded_bring_no_random_state(tmp_path):
    train(tmp_path / 'first', False, 0, SAFE)
    fresh = line_runner(
        tmp_path / 'second',
        1,
        hooks=SAFE,
        noise=1,
        load_from=str(tmp_path / f'first/epoch_{EPOCHS}.pth'),
    )
    fresh.train()
    plain = line_runner(tmp_path / 'third', 1, hooks=SAFE, noise=1)
    plain.train()
    states = [
        state_of(tmp_path / name / 'epoch_1.pth')['random_states'][0]
        for name in ('second', 'third')
    ]
    assert torch.equal(*[state['torch'] for state in states])


def test_processes_of_a_loop_of_iterations_draw_new_numbers_in_each_pass(
    tmp_path,
):
    runner = line_runner(
        tmp_path,
        1,
        hooks=dict(random_state=dict(type='RandomStateHook')),
        noise=1,
        num_workers=1,
        train_cfg=dict(type='IterBasedTrainLoop', max_iters=4),
    )
    shifts = Shifts()
    runner.register_hook(shifts)
    runner.train()
    assert len(set(shifts.found)) == 16
