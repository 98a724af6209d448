"""The OHKM loss, forward and backward, against MMPose's own."""

from collections.abc import Iterator

import torch

import mlpe_mmpose  # noqa: F401, its stand-in must precede mmpose
from mlpe_mmpose.models import MLPEOHKMLoss

from .harness import Options, Row, take_turns, within

from mmpose.models.losses import KeypointOHKMMSELoss  # isort: skip

# the refined heatmaps of a batch at 384x288 (the paper's rows e and f)
BATCH, KEYPOINTS, HEIGHT, WIDTH = 64, 17, 96, 72


def measure(options: Options) -> Iterator[Row]:
    """Yield the one row."""
    shape = (BATCH, KEYPOINTS, HEIGHT, WIDTH)
    output = torch.randn(shape, device=options.device, requires_grad=True)
    target = torch.randn(shape, device=options.device)
    weights = torch.rand(shape[:2], device=options.device).round()

    def gradient(loss: torch.nn.Module) -> tuple[torch.Tensor, torch.Tensor]:
        value = loss(output, target, weights)
        return value.detach(), *torch.autograd.grad(value, output)

    ours = MLPEOHKMLoss(topk=8)
    peer = KeypointOHKMMSELoss(use_target_weight=True, topk=8)
    differences = [
        ((a - b).abs().max() / b.abs().max()).item()
        for a, b in zip(gradient(ours), gradient(peer), strict=True)
    ]
    seconds = take_turns(
        lambda: gradient(ours), lambda: gradient(peer), options
    )
    yield Row(
        'loss, forward and backward',
        f'batch {BATCH}, K {KEYPOINTS}, {HEIGHT}x{WIDTH}, float32',
        'KeypointOHKMMSELoss',
        seconds[1] * 1e3,
        seconds[0] * 1e3,
        'ms',
        5 if options.device == 'cuda' else 3,
        within('value and gradient', max(differences), 1e-5),
    )
