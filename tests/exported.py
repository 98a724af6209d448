"""Small models for the tests of export and runtime, and their files."""

import dataclasses
from pathlib import Path

import pytest
import torch
from mmengine.config import Config
from mmengine.utils import digit_version
from mmpose.apis import init_model
from torch import nn

from mlpe_mmpose.tools.export.export_onnx import export_onnx

CONFIGS = Path(__file__).parents[1] / 'configs'
SIZE = dict(input_size=(48, 64), heatmap_size=(12, 16))
CODEC = dict(type='MLPEHeatmap', kernel_sizes=(5, 5, 3), **SIZE)
# options that make a network one of gray images
GRAY = {
    'model.backbone.in_channels': 1,
    'model.data_preprocessor.mean': [120.0],
    'model.data_preprocessor.std': [60.0],
    'model.data_preprocessor.bgr_to_rgb': False,
    'test_dataloader.dataset.pipeline.0.color_type': 'grayscale',
}


def skip_if_torch_is_too_old() -> None:
    if digit_version(torch.__version__) < digit_version('2.7.0'):
        pytest.skip('the export needs PyTorch 2.7')


@dataclasses.dataclass
class Trained:
    """A config, weights, and the model that they make."""

    config: Path
    checkpoint: Path

    def export(self, name: str, **kwargs: object) -> Path:
        """Export to a file of this name beside the config."""
        skip_if_torch_is_too_old()
        out_file = self.config.with_name(name)
        return export_onnx(self.config, self.checkpoint, out_file, **kwargs)

    def model(self, **test_cfg: bool) -> nn.Module:
        """The model as MMPose loads it, with other settings for testing."""
        model = init_model(str(self.config), str(self.checkpoint), 'cpu')
        model.test_cfg.update(test_cfg)
        return model


def small_mlpe(folder: Path, options: dict | None = None) -> Trained:
    """The tiny model of three levels, narrower, with transposed convolutions.

    Its coarsest map has 4 x 3 cells, which no pooled size but one divides.
    """
    config = _tiny()
    config.model.backbone.update(out_indices=(0, 1, 2), **_stages(3))
    config.model.neck.update(
        in_channels=(8, 16, 32), out_channels=8, pool_ratios=(0.1, 0.6, 0.9)
    )
    config.model.head.update(in_channels=8, num_levels=3, decoder=CODEC)
    config.merge_from_dict(options or {})
    return _weigh(config, folder)


def tiny_mlpe(folder: Path) -> Trained:
    """The shipped tiny config as it is, which trains as well."""
    return _weigh(Config.fromfile(CONFIGS / 'mlpe_tiny_synthetic.py'), folder)


def small_baseline(folder: Path, codec: dict = CODEC) -> Trained:
    """One stage of a ResNet and MMPose's own head, as in SimpleBaseline."""
    config = _tiny()
    config.model.backbone.update(out_indices=(0,), **_stages(1))
    config.model.pop('neck')
    config.model.head = dict(
        type='HeatmapHead',
        in_channels=8,
        out_channels=17,
        deconv_out_channels=None,
        loss=dict(type='KeypointMSELoss'),
        decoder=codec,
    )
    return _weigh(config, folder)


def _tiny() -> Config:
    """The shipped tiny config with a smaller crop."""
    config = Config.fromfile(CONFIGS / 'mlpe_tiny_synthetic.py')
    for step in config.test_dataloader.dataset.pipeline:
        if step['type'] == 'TopdownAffine':
            step['input_size'] = SIZE['input_size']
    return config


def _stages(number: int) -> dict:
    """The first stages of a narrow ResNet."""
    return dict(
        num_stages=number,
        strides=(1, 2, 2, 2)[:number],
        dilations=(1,) * number,
        base_channels=8,
    )


def _weigh(config: Config, folder: Path) -> Trained:
    """Write config and weights; the statistics are those of noise.

    The heatmaps are noise too, but each has one clear maximum: the heights
    of the best two places are much further apart than a rounding.
    """
    config.dump(folder / 'config.py')
    trained = Trained(folder / 'config.py', folder / 'weights.pth')
    torch.manual_seed(0)
    model = init_model(str(trained.config), device='cpu').train()
    width, height = SIZE['input_size']
    channels = config.model.backbone.get('in_channels', 3)
    with torch.no_grad():
        for _ in range(20):
            model(torch.randn(8, channels, height, width), None)
        weight, _ = list(model.head.parameters())[-2:]
        weight *= 60  # peaks of about 255, as after a training
    torch.save(
        dict(state_dict=model.state_dict(), meta={}), trained.checkpoint
    )
    return trained
