"""The comparison in `fuse` accepts rounding, in each floating type."""

import itertools

import pytest
import torch
from float16_on_cpu import FLOAT16
from mmpose.models import build_pose_estimator
from torch import nn

from mlpe_mmpose.apis import fuse

SIZE = (16, 24)


class Deep(nn.Module):
    """Forty normalised convolutions in a row, which blow up rounding."""

    def __init__(self) -> None:
        super().__init__()
        channels = (3, *[8] * 40)
        self.layers = nn.Sequential(
            *(
                nn.Sequential(
                    nn.Conv2d(before, after, 3, padding=1),
                    nn.BatchNorm2d(after, momentum=1),
                    nn.ReLU(),
                )
                for before, after in itertools.pairwise(channels)
            )
        )

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor]:
        return (self.layers(x),)


@pytest.fixture
def deep() -> nn.Module:
    """A deep network with the statistics of noise."""
    model = build_pose_estimator(
        dict(
            type='TopdownPoseEstimator',
            data_preprocessor=dict(
                type='PoseDataPreprocessor', mean=[123.675] * 3, std=[58.0] * 3
            ),
            backbone=dict(type=Deep),
            head=dict(
                type='HeatmapHead',
                in_channels=8,
                out_channels=17,
                deconv_out_channels=None,
            ),
        )
    )
    with torch.no_grad():
        model.train()(torch.randn(4, 3, *reversed(SIZE)), None)
    return model.eval()


def difference(model: nn.Module, fused: nn.Module) -> float:
    """Of the heatmaps of noise, relative to their range."""
    images = torch.randn(1, 3, *reversed(SIZE)).to(next(model.parameters()))
    with torch.no_grad():
        expected = model(images, None)
        spread = expected.max() - expected.min()
        return ((fused(images, None) - expected).abs().max() / spread).item()


def test_rounding_in_a_deep_network_raises_no_error(deep):
    fused = fuse(deep, SIZE)
    # what float32 shows looks like a mistake, and float64 shows that it is not
    assert difference(deep, fused) > 1e-4
    assert difference(deep.double(), fuse(deep, SIZE)) < 1e-12


@pytest.mark.parametrize(
    'dtype', [torch.float64, torch.float32, FLOAT16, torch.bfloat16]
)
def test_the_copy_has_the_floating_type_of_the_model(deep, dtype):
    fused = fuse(deep.to(dtype), SIZE)
    tensors = [*fused.parameters(), *fused.buffers()]
    assert {tensor.dtype for tensor in tensors} == {dtype}
    assert {tensor.dtype for tensor in deep.parameters()} == {dtype}
    preprocessor = deep.data_preprocessor
    assert torch.equal(fused.data_preprocessor.mean, preprocessor.mean)
    images = torch.randn(1, 3, *reversed(SIZE), dtype=dtype)
    with torch.no_grad():
        assert fused(images, None).dtype == dtype
