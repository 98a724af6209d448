"""Measure the OHKM loss, forward and backward, beside MMPose's."""

from collections.abc import Iterator

import torch

import mlpe_mmpose  # noqa: F401, its stand-in must precede mmpose
from mlpe_mmpose.models import MLPEOHKMLoss

from .harness import Options, Row, check_difference, take_turns

from mmpose.models.losses import KeypointOHKMMSELoss  # isort: skip

# the refined heatmaps of a batch at 384x288 (the paper's rows e and f)
BATCH, KEYPOINTS, HEIGHT, WIDTH = 64, 17, 96, 72


def measure(options: Options) -> Iterator[Row]:
    """Yield one row."""
    shape = (BATCH, KEYPOINTS, HEIGHT, WIDTH)
    output = torch.randn(shape, device=options.device, requires_grad=True)
    target = torch.randn(shape, device=options.device)
    weights = torch.rand(shape[:2], device=options.device).round()

    def compute(loss: torch.nn.Module) -> tuple[torch.Tensor, torch.Tensor]:
        value = loss(output, target, weights)
        return value.detach(), *torch.autograd.grad(value, output)

    ours = MLPEOHKMLoss(topk=8)
    peer = KeypointOHKMMSELoss(use_target_weight=True, topk=8)
    differences = [
        ((a - b).abs().max() / b.abs().max()).item()
        for a, b in zip(compute(ours), compute(peer), strict=True)
    ]
    seconds = take_turns(lambda: compute(ours), lambda: compute(peer), options)
    yield Row(
        'loss, forward and backward',
        f'batch {BATCH}, K {KEYPOINTS}, {HEIGHT}x{WIDTH}, float32',
        'KeypointOHKMMSELoss',
        seconds[1] * 1e3,
        seconds[0] * 1e3,
        'ms',
        5 if options.device == 'cuda' else 3,
        check_difference('value and gradient', max(differences), 1e-5),
    )
