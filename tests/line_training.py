"""A training of a fraction of a second, through MMEngine's runner."""

import random
from pathlib import Path

import numpy as np
import torch
from mmengine.hooks import Hook
from mmengine.model import BaseModel
from mmengine.runner import Runner
from torch import nn
from torch.utils.data import Dataset

PLAIN = dict(plain_checkpoint=dict(type='PlainCheckpointHook'))
# what writes, chooses and restores checkpoints in the shipped configs
SAFE = dict(
    PLAIN,
    checkpoint=dict(type='AtomicCheckpointHook', interval=1, max_keep_ckpts=2),
    random_state=dict(type='RandomStateHook'),
)


class Line(Dataset):
    """Points of a line, with the NumPy metainfo that MMPose's sets have.

    Args:
        noise (float): Standard deviation of a random shift
    """

    def __init__(self, noise: float = 0):
        self.noise = noise
        self.metainfo = dict(
            sigmas=np.array([0.026], dtype=np.float32),
            colors=np.array([[1, 2, 3]], dtype=np.uint8),
        )

    def __len__(self):
        return 8

    def __getitem__(self, index):
        shift = np.random.normal() + random.random() + torch.rand(()).item()
        x = index + self.noise * shift
        return torch.tensor([float(x)]), torch.tensor([2.0 * index])


class LineModel(BaseModel):
    """Fits a line."""

    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(1, 1)
        self.bn = nn.BatchNorm1d(1)

    def forward(self, x, y, mode='tensor'):
        return dict(loss=(self.bn(self.linear(x)) - y).square().mean())


class Stop(Hook):
    """Stands for the power cut after two epochs."""

    def before_train_epoch(self, runner):
        if runner.epoch == 2:
            raise KeyboardInterrupt


def line_runner(
    work_dir: Path,
    epochs: int,
    hooks: dict = PLAIN,
    noise: float = 0,
    num_workers: int = 0,
    model: type = LineModel,
    train_cfg: dict | None = None,
    **kwargs: object,
) -> Runner:
    """Return the runner of a training on two batches an epoch."""
    torch.manual_seed(0)
    # sums over threads have another order, so their last bits differ
    torch.set_num_threads(1)
    name = f'{work_dir.name}_{epochs}_{len(kwargs)}_{len(hooks)}_{num_workers}'
    return Runner(
        model=model(),
        work_dir=str(work_dir),
        train_dataloader=dict(
            dataset=Line(noise),
            batch_size=4,
            sampler=dict(type='DefaultSampler', shuffle=noise > 0),
            collate_fn=dict(type='default_collate'),
            num_workers=num_workers,
            persistent_workers=num_workers > 0,
        ),
        train_cfg=train_cfg or dict(by_epoch=True, max_epochs=epochs),
        optim_wrapper=dict(optimizer=dict(type='Adam', lr=0.1)),
        param_scheduler=[
            dict(type='LinearLR', start_factor=0.1, end=3, by_epoch=False),
            dict(type='OneCycleLR', eta_max=0.1, total_steps=4),
        ],
        default_hooks=hooks,
        randomness=dict(seed=1),
        default_scope='mmpose',
        # runners of one process need names of their own
        experiment_name=name,
        **kwargs,
    )


def state_of(path: Path) -> dict:
    """Read a checkpoint by PyTorch's safe loader."""
    return torch.load(path, weights_only=True)
