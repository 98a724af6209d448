"""Time the fused model, the plain model, and other networks."""

from collections.abc import Iterator

import torch
from torch import nn

from mlpe_mmpose.apis import fuse

from .harness import Options, Row, check_difference, take_turns
from .networks import build

MLPE = 'mlpe_resnest50_384x288.py'
THREADS = 2
# largest difference of the heatmaps in float32, relative to their range
BOUND = 1e-4


def measure(options: Options) -> Iterator[Row]:
    """Yield one row for each batch size, then one for each network."""
    if options.device == 'cpu':
        torch.set_num_threads(THREADS)
    model = randomise_norms(build(MLPE)).to(options.device)
    fused = fuse(model)
    for batch in (1,) if options.quick else (1, 8):
        yield compare_with_plain(model, fused, batch, options)
    for name, other in build_others():
        yield compare_with_other(
            name, other.to(options.device), fused, options
        )


def compare_with_plain(
    model: nn.Module, fused: nn.Module, batch: int, options: Options
) -> Row:
    """Compare the fused model with the plain model."""
    images = make_noise(model, batch, options.device)
    # a GPU convolves in TF32 by default, which rounds to 10 bits
    with torch.backends.cudnn.flags(enabled=True, allow_tf32=False):
        expected = predict_heatmaps(model, images)
        difference = (predict_heatmaps(fused, images) - expected).abs().max()
    relative = (difference / (expected.max() - expected.min())).item()
    seconds = take_turns(
        lambda: predict_heatmaps(fused, images),
        lambda: predict_heatmaps(model, images),
        options,
    )
    return Row(
        'fused inference, images to heatmaps',
        describe_input(images, options),
        'the model, not fused',
        seconds[1] * 1e3,
        seconds[0] * 1e3,
        'ms',
        1.5 if batch == 1 else None,
        check_difference('heatmaps / range', relative, BOUND),
    )


def compare_with_other(
    name: str, other: nn.Module, fused: nn.Module, options: Options
) -> Row:
    """Compare the fused MLPE with another network, in time only."""
    images = make_noise(fused, 1, options.device)
    seconds = take_turns(
        lambda: predict_heatmaps(fused, images),
        lambda: predict_heatmaps(other, images),
        options,
    )
    return Row(
        'fused inference, beside another network',
        describe_input(images, options),
        name,
        seconds[1] * 1e3,
        seconds[0] * 1e3,
        'ms',
    )


def build_others() -> Iterator[tuple[str, nn.Module]]:
    """Yield name and network of peers that take images of any size."""
    for name, config in (
        ('SimpleBaseline, ResNeSt-50', 'simple_baseline_resnest50_256x192.py'),
        ('HRNet-W32', 'hrnet_w32_256x192.py'),
    ):
        yield name, randomise_norms(build(f'peers/{config}'))
    yield (
        'CPN, ResNet-50',
        randomise_norms(build('cpn/cpn_resnet50_384x288.py')),
    )


def randomise_norms(model: nn.Module) -> nn.Module:
    """Give all norms random statistics, scales and shifts."""
    for layer in model.modules():
        if isinstance(layer, nn.BatchNorm2d):
            layer.running_mean.normal_(0, 0.1)
            layer.running_var.uniform_(0.5, 1.5)
            layer.weight.data.uniform_(0.5, 1.5)
            layer.bias.data.normal_(0, 0.1)
    return model.eval()


def make_noise(model: nn.Module, batch: int, device: str) -> torch.Tensor:
    """Return normalised images of noise for a model."""
    width, height = model.head.decoder.input_size
    return torch.randn(batch, 3, height, width, device=device)


def describe_input(images: torch.Tensor, options: Options) -> str:
    """Describe the input for a row."""
    batch, _, height, width = images.shape
    text = f'{MLPE[:-3]}, batch {batch}, {height}x{width}, float32'
    if options.device == 'cpu':
        text += f', {THREADS} threads'
    return text


@torch.no_grad()
def predict_heatmaps(model: nn.Module, images: torch.Tensor) -> torch.Tensor:
    """Run one forward pass."""
    return model(images, None)
