"""Reports of models that have no heatmaps of a person's crop."""

from pathlib import Path

import pytest
import torch
from html_reader import Reader
from mmengine.config import Config
from mmpose.apis import init_model

from mlpe_mmpose.tools.report.write_report import write_report
from mlpe_mmpose.tools.synth.generator import generate_dataset

CONFIGS = Path(__file__).parents[3] / 'configs'
SIZE = (64, 64)


def bottomup() -> Config:
    """HigherHRNet's line, narrow, with a small input."""
    config = Config.fromfile(CONFIGS / 'bottomup/higherhrnet_w32_512x512.py')
    config.model.backbone.pop('init_cfg')
    for number in (2, 3, 4):
        stage = config.model.backbone.extra[f'stage{number}']
        channels = (4, 8, 16, 32)[:number]
        stage.update(num_modules=1, num_channels=channels)
        stage.num_blocks = (1,) * number
    config.model.head.in_channels = 4
    config.model.head.decoder.update(input_size=SIZE, heatmap_size=SIZE)
    config.test_dataloader.dataset.pipeline[1].input_size = SIZE
    return config


def regression() -> Config:
    """A narrow ResNet whose head predicts coordinates."""
    config = Config.fromfile(CONFIGS / 'mlpe_tiny_synthetic.py')
    config.model.backbone.base_channels = 8
    config.model.neck = dict(type='GlobalAveragePooling')
    config.model.head = dict(
        type='RegressionHead',
        in_channels=64,
        num_joints=17,
        decoder=dict(type='RegressionLabel', input_size=(96, 128)),
    )
    config.model.test_cfg = dict(flip_test=False)
    return config


@pytest.mark.parametrize('make', [bottomup, regression])
def test_a_model_without_heatmaps_of_people_has_the_other_sections(
    tmp_path, make
):
    generate_dataset(tmp_path / 'data', 1, 3, seed=0)
    truth = tmp_path / 'data/annotations/person_keypoints_val2017.json'
    config = make()
    config.test_dataloader.dataset.data_root = str(tmp_path / 'data')
    config.test_evaluator.ann_file = str(truth)
    config.dump(tmp_path / 'config.py')
    torch.manual_seed(0)
    model = init_model(str(tmp_path / 'config.py'), device='cpu')
    weights = dict(state_dict=model.state_dict(), meta={})
    torch.save(weights, tmp_path / 'weights.pth')
    files = (
        tmp_path / name for name in ('config.py', 'weights.pth', 'a.html')
    )
    write_report(*files, say=str)
    text = Reader((tmp_path / 'a.html').read_text()).text
    assert 'Errors by kind' in text
    assert 'This model has none: it predicts no heatmaps' in text
    assert 'level 0' not in text
