"""Measure a training step beside the network's own arithmetic."""

from collections.abc import Iterator

import torch
from mmengine.optim import OptimWrapper

from .harness import Options, Row, take_turns
from .networks import build, make_batch, predict_all_heatmaps


def measure(options: Options) -> Iterator[Row]:
    """Yield one row: ``train_step`` beside a bare loop."""
    on_gpu = options.device == 'cuda'
    name, size = 'mlpe_resnest50_384x288.py', 64 if on_gpu else 4
    if options.quick and not on_gpu:
        name, size = 'mlpe_resnest50_256x192.py', 2
    model = build(name).to(options.device).train()
    batch = make_batch(model, size)
    images = model.data_preprocessor(batch, True)['inputs']
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-4)
    wrapper = OptimWrapper(optimizer)
    autocast = torch.autocast(options.device, torch.bfloat16, enabled=on_gpu)

    def run_step() -> None:
        with autocast:
            model.train_step(batch, wrapper)

    def run_bare_loop() -> None:
        with autocast:
            loss = sum(
                maps.sum() for maps in predict_all_heatmaps(model, images)
            )
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()

    seconds = take_turns(run_step, run_bare_loop, options)
    width, height = model.head.decoder.input_size
    allowed = 0.03 if on_gpu else 0.05
    yield Row(
        'train_step: images, targets, losses, accuracy, optimizer',
        f'ResNeSt-50, batch {size}, {height}x{width}, '
        + ('bfloat16' if on_gpu else 'float32'),
        'bare loop, summed outputs',
        seconds[1] * 1e3,
        seconds[0] * 1e3,
        'ms',
        round(1 / (1 + allowed), 2),
        'the same network and optimizer',
    )
