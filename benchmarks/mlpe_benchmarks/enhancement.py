"""Measure what feature enhancement adds to a map, and its gradients.

The figures are of one training batch of 32 people. Without a checkpoint, the
model is initialised as the config says:

    PYTHONPATH=benchmarks python -m mlpe_benchmarks.enhancement CONFIG \
        [CHECKPOINT] [--cfg-options ...]
"""

import argparse

import torch
from mmengine.config import Config, DictAction
from mmengine.registry import init_default_scope
from mmengine.runner import Runner, load_checkpoint, set_random_seed
from torch import Tensor, nn

import mlpe_mmpose  # noqa: F401, its stand-in must precede mmpose

from mmpose.models import build_pose_estimator  # isort: skip

PEOPLE = 32


def measure_enhancement(
    config: Config, checkpoint: str | None
) -> dict[str, float]:
    """Measure feature enhancement in one training step.

    Args:
        config (Config): Config of a model with feature enhancement
        checkpoint (str, optional): Weights of the model

    Returns:
        dict[str, float]: The figures by their names.
    """
    set_random_seed(0)
    model = build_pose_estimator(config.model).train()
    model.init_weights()
    if checkpoint:
        load_checkpoint(model, checkpoint, 'cpu')
    settings = dict(config.train_dataloader, batch_size=PEOPLE)
    loader = Runner.build_dataloader(settings, seed=0)
    batch = model.data_preprocessor(next(iter(loader)), True)

    enhancement = model.neck.enhancement
    modules = {
        'lateral': model.neck.laterals[-1],
        'context': enhancement,
        'weights': enhancement.weigh,
    }
    maps: dict[str, Tensor] = {}
    for name, module in modules.items():
        module.register_forward_hook(
            lambda _, inputs, out, name=name: maps.update({name: out.detach()})
        )
    losses = model(**batch, mode='loss')
    model.parse_losses(losses)[0].backward()

    context, weights = maps['context'], maps['weights']
    ratios = [divide_gradient_by_weight(conv) for conv in enhancement.reduces]
    return {
        'lateral of C5, root mean square': compute_root_mean_square(
            maps['lateral']
        ),
        'context, root mean square': compute_root_mean_square(context),
        'variation of the context over the cells': compute_root_mean_square(
            context - context.mean((2, 3), keepdim=True)
        ),
        'weights, mean': weights.mean().item(),
        'weights, deviation': weights.std().item(),
        'gradient over weight, least': min(ratios),
        'gradient over weight, most': max(ratios),
    }


def compute_root_mean_square(values: Tensor) -> float:
    """Return the root mean square of a tensor."""
    return values.square().mean().sqrt().item()


def divide_gradient_by_weight(conv: nn.Conv2d) -> float:
    """Return the norm of a gradient divided by that of its weight."""
    return (conv.weight.grad.norm() / conv.weight.norm()).item()


if __name__ == '__main__':
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('config')
    parser.add_argument('checkpoint', nargs='?')
    parser.add_argument('--cfg-options', nargs='+', action=DictAction)
    args = parser.parse_args()
    config = Config.fromfile(args.config)
    config.merge_from_dict(args.cfg_options or {})
    init_default_scope('mmpose')
    torch.set_num_threads(2)
    for name, value in measure_enhancement(config, args.checkpoint).items():
        print(f'{name:40} {value:.2f}')
