"""Time the fused model, the plain model, and other networks."""

from collections.abc import Iterator

import torch
from torch import nn

from mlpe_mmpose.apis import fuse

from .harness import Options, Row, take_turns, within
from .networks import build

MLPE = 'mlpe_resnest50_384x288.py'
THREADS = 2
# largest difference of the heatmaps in float32, relative to their range
BOUND = 1e-4


def measure(options: Options) -> Iterator[Row]:
    """Yield one row for each batch size, then one for each network."""
    if options.device == 'cpu':
        torch.set_num_threads(THREADS)
    model = like_trained(build(MLPE)).to(options.device)
    fused = fuse(model)
    for batch in (1,) if options.quick else (1, 8):
        yield fused_row(model, fused, batch, options)
    for name, other in others():
        yield other_row(name, other.to(options.device), fused, options)


def fused_row(
    model: nn.Module, fused: nn.Module, batch: int, options: Options
) -> Row:
    """Compare the fused model with the plain model."""
    images = noise(model, batch, options.device)
    expected = heatmaps(model, images)
    difference = (heatmaps(fused, images) - expected).abs().max()
    relative = (difference / (expected.max() - expected.min())).item()
    seconds = take_turns(
        lambda: heatmaps(fused, images),
        lambda: heatmaps(model, images),
        options,
    )
    return Row(
        'fused inference, images to heatmaps',
        size(images, options),
        'the model as it is',
        seconds[1] * 1e3,
        seconds[0] * 1e3,
        'ms',
        1.5 if batch == 1 else None,
        within('heatmaps, of their range', relative, BOUND),
    )


def other_row(
    name: str, other: nn.Module, fused: nn.Module, options: Options
) -> Row:
    """Compare the fused MLPE with another network, in time only."""
    images = noise(fused, 1, options.device)
    seconds = take_turns(
        lambda: heatmaps(fused, images),
        lambda: heatmaps(other, images),
        options,
    )
    return Row(
        'fused inference, beside another network',
        size(images, options),
        name,
        seconds[1] * 1e3,
        seconds[0] * 1e3,
        'ms',
    )


def others() -> Iterator[tuple[str, nn.Module]]:
    """Yield networks with the same outputs for any input size."""
    for name, config in (
        ('SimpleBaseline, ResNeSt-50', 'simple_baseline_resnest50_256x192.py'),
        ('HRNet-W32', 'hrnet_w32_256x192.py'),
    ):
        yield name, like_trained(build(f'peers/{config}'))
    yield 'CPN, ResNet-50', like_trained(build('cpn/cpn_resnet50_384x288.py'))


def like_trained(model: nn.Module) -> nn.Module:
    """Give all normalisations random statistics, scales and shifts."""
    for layer in model.modules():
        if isinstance(layer, nn.BatchNorm2d):
            layer.running_mean.normal_(0, 0.1)
            layer.running_var.uniform_(0.5, 1.5)
            layer.weight.data.uniform_(0.5, 1.5)
            layer.bias.data.normal_(0, 0.1)
    return model.eval()


def noise(model: nn.Module, batch: int, device: str) -> torch.Tensor:
    """Return normalised images of noise for a model."""
    width, height = model.head.decoder.input_size
    return torch.randn(batch, 3, height, width, device=device)


def size(images: torch.Tensor, options: Options) -> str:
    """Describe the input for a row."""
    batch, _, height, width = images.shape
    text = f'{MLPE[:-3]}, batch {batch}, {height}x{width}, float32'
    if options.device == 'cpu':
        text += f', {THREADS} threads'
    return text


@torch.no_grad()
def heatmaps(model: nn.Module, images: torch.Tensor) -> torch.Tensor:
    """Run one forward pass."""
    return model(images, None)
