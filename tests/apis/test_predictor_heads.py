"""Every kind of MMPose's top-down heads predicts as in inference_topdown."""

from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from exported import CONFIGS, SIZE, Trained
from mmengine.config import Config
from mmpose.apis import inference_topdown, init_model

from mlpe_mmpose.apis import PoseModel, Predictor, predict_heatmaps
from mlpe_mmpose.apis.fuse import FusedPoseEstimator
from mlpe_mmpose.tools.web.pose_service import PoseService

INPUT, CELLS = SIZE['input_size'], SIZE['heatmap_size']
IMAGE = np.random.default_rng(0).integers(0, 256, (120, 100, 3), np.uint8)
BOXES = np.array([[5, 5, 60, 90], [20, 10, 96, 115]], np.float32)

# one map (B, 32, 16, 12)
RESNET = dict(
    type='ResNet',
    depth=50,
    num_stages=1,
    strides=(1,),
    dilations=(1,),
    out_indices=(0,),
    base_channels=8,
)
# one stage of two levels (B, 8, h, w), as MSPNHead takes them
MSPN = dict(
    type='MSPN',
    unit_channels=8,
    num_stages=1,
    num_units=2,
    num_blocks=[1, 1],
)
POOLING = dict(type='GlobalAveragePooling')

MSE = dict(type='KeypointMSELoss')
HEATMAP = dict(
    in_channels=32,
    out_channels=17,
    deconv_out_channels=None,
    decoder=dict(type='MSRAHeatmap', sigma=2, **SIZE),
)
COORDINATES = dict(
    in_channels=32,
    num_joints=17,
    decoder=dict(type='RegressionLabel', input_size=INPUT),
)
INTEGRAL = dict(
    in_channels=32,
    num_joints=17,
    in_featuremap_size=CELLS,
    deconv_out_channels=None,
    decoder=dict(type='IntegralRegressionLabel', sigma=2, **SIZE),
)
SIMCC = dict(
    in_channels=32,
    out_channels=17,
    input_size=INPUT,
    in_featuremap_size=CELLS,
    simcc_split_ratio=2.0,
    decoder=dict(
        type='SimCCLabel', input_size=INPUT, simcc_split_ratio=2.0, sigma=6.0
    ),
)
RTMCC = dict(
    SIMCC,
    type='RTMCCHead',
    gau_cfg=dict(
        hidden_dims=8,
        s=8,
        expansion_factor=2,
        dropout_rate=0.0,
        drop_path=0.0,
        act_fn='SiLU',
        use_rel_bias=True,
        pos_enc=True,
    ),
)
# backbone, neck and head
MODELS = {
    'HeatmapHead': (RESNET, None, dict(HEATMAP, type='HeatmapHead')),
    'ViPNASHead': (RESNET, None, dict(HEATMAP, type='ViPNASHead')),
    'CPMHead': (RESNET, None, dict(HEATMAP, type='CPMHead', num_stages=1)),
    'MSPNHead': (
        MSPN,
        None,
        dict(
            type='MSPNHead',
            out_shape=CELLS[::-1],
            unit_channels=8,
            num_stages=1,
            num_units=2,
            level_indices=[0, 1],
            loss=[MSE, MSE],
            decoder=HEATMAP['decoder'],
        ),
    ),
    'RegressionHead': (
        RESNET,
        POOLING,
        dict(COORDINATES, type='RegressionHead'),
    ),
    'RLEHead': (RESNET, POOLING, dict(COORDINATES, type='RLEHead')),
    'IntegralRegressionHead': (
        RESNET,
        None,
        dict(INTEGRAL, type='IntegralRegressionHead'),
    ),
    'DSNTHead': (RESNET, None, dict(INTEGRAL, type='DSNTHead')),
    'SimCCHead': (
        RESNET,
        None,
        dict(SIMCC, type='SimCCHead', deconv_out_channels=None),
    ),
    'RTMCCHead': (RESNET, None, RTMCC),
    'VisPredictHead': (
        RESNET,
        None,
        dict(type='VisPredictHead', pose_cfg=RTMCC),
    ),
}


def build(name: str, folder: Path) -> Trained:
    """A config and weights of a small model with this head."""
    config = Config.fromfile(CONFIGS / 'mlpe_tiny_synthetic.py')
    backbone, neck, head = MODELS[name]
    # replaced as a whole: `update` would merge
    config.model.backbone, config.model.neck = backbone, neck
    config.model.head = head
    for step in config.test_dataloader.dataset.pipeline:
        if step['type'] == 'TopdownAffine':
            step['input_size'] = INPUT
    config.dump(folder / 'config.py')
    trained = Trained(folder / 'config.py', folder / 'weights.pth')
    model = init_model(str(trained.config), device='cpu').train()
    with torch.no_grad():
        for _ in range(20):
            model(torch.randn(4, 3, *INPUT[::-1]), None)
    torch.save(
        dict(state_dict=model.state_dict(), meta={}), trained.checkpoint
    )
    return trained


@pytest.mark.parametrize('name', MODELS)
def test_a_head_predicts_as_in_inference_topdown(name, tmp_path):
    trained = build(name, tmp_path)
    ours = Predictor(trained.config, trained.checkpoint)
    assert isinstance(ours.model, FusedPoseEstimator)
    assert type(ours.model.head).__name__ == name
    for flip_test in (True, False):
        ours.model.test_cfg.flip_test = flip_test
        people, nobody = (
            r.pred_instances for r in ours([IMAGE] * 2, [BOXES, []])
        )
        model = trained.model(flip_test=flip_test)
        theirs = [
            r.pred_instances for r in inference_topdown(model, IMAGE, BOXES)
        ]
        names = set(theirs[0].keys())
        assert set(people.keys()) == set(nobody.keys()) == names
        for key, values in people.items():
            wanted = np.concatenate([person.get(key) for person in theirs])
            np.testing.assert_allclose(values, wanted, atol=1e-3, err_msg=key)
            assert nobody.get(key).shape == (0, *wanted.shape[1:])


def test_without_heatmaps_there_are_no_levels_to_look_at(tmp_path):
    trained = build('RTMCCHead', tmp_path)
    predictor = Predictor(trained.config, trained.checkpoint)
    with pytest.raises(ValueError, match=r'predicts heatmaps.*RTMCCHead'):
        predict_heatmaps(predictor, IMAGE, BOXES)
    files = str(trained.config), str(trained.checkpoint)
    with pytest.raises(ValueError, match=r'--heatmaps needs .*RTMCCHead of'):
        PoseModel(*files, heatmaps=True).load()
    # the page has skeletons without them
    path = str(tmp_path / 'image.png')
    cv2.imwrite(path, IMAGE)
    answer = PoseService(predictor, None, 1e6).answer(path, '10 20 90 150')
    assert answer.levels == []
    assert len(answer.scores) == 17
