"""Every shipped config loads, builds, and fits together."""

from pathlib import Path

import numpy as np
import pytest
import torch
from mmengine.config import Config
from mmengine.registry import init_default_scope
from mmpose.models import build_pose_estimator
from mmpose.registry import KEYPOINT_CODECS

CONFIGS = Path(__file__).parents[2] / 'configs'
ALL = sorted(
    path for path in CONFIGS.rglob('*.py') if path.parent.name != '_base_'
)
WHOLE_IMAGES = [path for path in ALL if path.parent.name == 'bottomup']
# those of boxes
EXPERIMENTS = [path for path in ALL if path not in WHOLE_IMAGES]
# with MMPose's own heads
PEERS = [path for path in EXPERIMENTS if path.parent.name == 'peers']
AP_56 = 'COCO_val2017_detections_AP_H_56_person.json'


def load(name: str) -> Config:
    return Config.fromfile(CONFIGS / name)


def build(config: Config):
    """The model, without fetching published weights."""
    init_default_scope('mmpose')
    return build_pose_estimator(config.model)


def of_type(pipeline, name: str) -> dict:
    return next(step for step in pipeline if step['type'] == name)


@pytest.fixture(params=EXPERIMENTS, ids=lambda path: path.stem)
def config(request) -> Config:
    return Config.fromfile(request.param)


def test_mmposes_inferencer_can_read_the_loader_of_testing(config):
    # it takes `collate_fn` for a name, where the runner wants a dict
    assert 'collate_fn' not in config.test_dataloader


def test_the_experiments_of_the_paper_are_there():
    names = {str(path.relative_to(CONFIGS)) for path in EXPERIMENTS}
    assert names >= {
        'mlpe_resnest101_384x288.py',
        'mlpe_resnest50_384x288.py',
        'mlpe_resnest50_256x192.py',
        'mlpe_tiny_synthetic.py',
        'ablation/mlpe_a_resnest50_256x192.py',
        'ablation/mlpe_b_resnest50_256x192.py',
        'ablation/mlpe_d_resnest50_256x192.py',
        'cpn/cpn_resnet50_256x192.py',
        'cpn/cpn_resnet50_384x288.py',
    }


@pytest.mark.parametrize('path', PEERS, ids=lambda path: path.stem)
def test_a_peer_predicts_maps_of_its_codecs_size(path):
    config = Config.fromfile(path)
    model = build(config).eval()
    width, height = config.codec.input_size
    maps = model(torch.zeros(1, 3, height, width), None, mode='tensor')
    while isinstance(maps, list):  # MSPN: stages of levels
        maps = maps[-1]
    assert maps.shape[1:] == (17, *reversed(config.codec.heatmap_size))


@pytest.mark.parametrize('path', PEERS, ids=lambda path: path.stem)
def test_a_peers_heatmaps_peak_where_the_keypoints_are(path):
    # MMPose's Gaussians lie a cell up and left where 3 sigma is no integer
    init_default_scope('mmpose')
    config = Config.fromfile(path)
    pipeline = config.train_dataloader.dataset.pipeline
    encoder = of_type(pipeline, 'GenerateTarget')['encoder']
    if isinstance(encoder, list):  # MSPN's stages; the last one is decoded
        encoder = encoder[-1]
    codec = KEYPOINT_CODECS.build(encoder)
    cells = np.array(codec.heatmap_size)
    cell = codec.input_size / cells
    rng = np.random.default_rng(0)
    # away from the border, where Gaussians are cut off
    keypoints = cell * rng.uniform(6, cells - 6, (100, 17, 2))
    errors = []
    for person in keypoints:
        encoded = codec.encode(person[None], np.ones((1, 17)))
        decoded, _ = codec.decode(encoded['heatmaps'])
        errors.append((decoded - person) / cell)
    # rounding to a cell, and at most half a cell of the codec's convention
    assert np.abs(errors).max() <= 1.001
    assert np.abs(np.mean(errors, (0, 1, 2))).max() <= 0.5


@pytest.mark.parametrize(
    'path',
    [path for path in EXPERIMENTS if path not in PEERS],
    ids=lambda path: path.stem,
)
def test_the_model_builds_and_its_neck_fits_its_backbone(path):
    model = build(Config.fromfile(path)).eval()
    with torch.no_grad():
        feats = model.backbone(torch.zeros(1, 3, 64, 64))
    assert [feat.shape[-1] for feat in feats] == [16, 8, 4, 2]
    channels = tuple(feat.shape[1] for feat in feats)
    assert model.neck.in_channels == channels
    assert model.head.in_channels == model.neck.out_channels


@pytest.mark.parametrize(
    'name', ['mlpe_tiny_synthetic.py', 'mlpe_resnet18_128x128_synthetic.py']
)
def test_a_rate_of_its_own_reaches_parameters(name):
    config = load(name)
    model = build(config)
    parameters = [key for key, _ in model.named_parameters()]
    keys = config.optim_wrapper.paramwise_cfg.custom_keys
    # MMEngine passes over a key that names nothing
    for key in keys:
        assert any(key in parameter for parameter in parameters)


def test_one_codec_serves_target_decoder_and_crop(config):
    pipelines = [
        config[f'{split}_dataloader'].dataset.pipeline
        for split in ('train', 'val', 'test')
    ]
    encoder = of_type(pipelines[0], 'GenerateTarget')['encoder']
    if isinstance(encoder, list):  # MSPN: one a level
        encoder = encoder[-1]
    assert encoder == config.model.head.decoder == config.codec
    for pipeline in pipelines:
        crop = of_type(pipeline, 'TopdownAffine')
        assert crop['input_size'] == config.codec.input_size


@pytest.mark.parametrize('path', WHOLE_IMAGES, ids=lambda path: path.stem)
def test_a_network_of_whole_images_gets_no_boxes_and_scores_people(path):
    config = Config.fromfile(path)
    for split in ('train', 'val', 'test'):
        dataset = config[f'{split}_dataloader'].dataset
        assert dataset.data_mode == config.data_mode == 'bottomup'
        assert dataset.pipeline == config.get(
            f'{split}_pipeline', dataset.pipeline
        )
        assert not dataset.get('bbox_file')
    for evaluator in (config.val_evaluator, config.test_evaluator):
        assert (evaluator.nms_mode, evaluator.score_mode) == ('none', 'bbox')
    assert 'codec' not in config or (
        config.model.head.decoder
        == dict(config.codec, heatmap_size=config.codec.input_size)
    )


@pytest.mark.parametrize('path', ALL, ids=lambda path: path.stem)
def test_checkpoints_are_plain_and_data_are_checked(path):
    config = Config.fromfile(path)
    types = {hook['type'] for hook in config.default_hooks.values()}
    assert types >= {'PlainCheckpointHook', 'CheckDataHook'}
    # with one, a stop between removing and writing would lose everything
    assert config.default_hooks.checkpoint.max_keep_ckpts > 1


def test_training_needs_nothing_but_coco(config):
    for split in ('train', 'val'):
        assert not config[f'{split}_dataloader'].dataset.get('bbox_file')


@pytest.mark.parametrize(
    'path',
    [
        p
        for p in EXPERIMENTS
        if 'synthetic' not in p.stem and p.parent.name != 'keypoints'
    ],
    ids=lambda path: path.stem,
)
def test_testing_uses_the_usual_detections_until_overridden(path):
    config = Config.fromfile(path)
    assert config.test_dataloader.dataset.bbox_file.endswith(AP_56)
    config.merge_from_dict({'test_dataloader.dataset.bbox_file': None})
    assert config.test_dataloader.dataset.bbox_file is None
    assert config.test_dataloader.dataset.pipeline


@pytest.mark.parametrize(
    ('name', 'millions'),
    [
        # the reference's sizes, without the classifier of 1000 x 2049
        # weights and the unused laterals it counts
        ('mlpe_resnest50_256x192.py', 42.4 - 2.05 - 0.46),
        ('mlpe_resnest101_384x288.py', 63.2 - 2.05 - 0.46),
    ],
)
def test_the_model_has_the_size_of_the_release(name, millions):
    model = build(load(name))
    count = sum(p.numel() for p in model.parameters()) / 1e6
    assert count == pytest.approx(millions, abs=0.06)


@pytest.mark.parametrize(
    ('depth', 'stem', 'name'),
    [
        (50, 64, 'mlpe_resnest50_256x192.py'),
        (101, 128, 'mlpe_resnest101_384x288.py'),
    ],
)
def test_published_backbone_weights_load_with_no_key_left_over(
    depth, stem, name
):
    # OpenMMLab publishes weights of mmpretrain's ResNeSt; MMEngine strips
    # their prefix `backbone.` when it loads them into a backbone
    from mmpretrain.models.backbones import ResNeSt

    published = ResNeSt(depth=depth, stem_channels=stem).state_dict()
    config = load(name)
    weights = config.model.backbone.init_cfg.checkpoint
    assert weights == f'mmcls://resnest{depth}'
    build(config).backbone.load_state_dict(published, strict=True)


def test_mmposes_own_stem_would_refuse_the_published_weights():
    # the trap that the configs avoid: without `stem_channels` MMPose warns,
    # and trains the stem of ResNeSt-101 from noise
    from mmpretrain.models.backbones import ResNeSt

    published = ResNeSt(depth=101, stem_channels=128).state_dict()
    config = load('mlpe_resnest101_384x288.py')
    del config.model.backbone['stem_channels']
    with pytest.raises(RuntimeError, match='size mismatch'):
        build(config).backbone.load_state_dict(published, strict=True)


def test_the_recipe_is_the_releases():
    config = load('mlpe_resnest50_256x192.py')
    optimizer = config.optim_wrapper.optimizer
    assert optimizer == dict(type='Adam', lr=5e-4, weight_decay=1e-5)
    # 50 epochs of four appearances, halved every 6 of them
    schedule = of_type(config.param_scheduler, 'MultiStepLR')
    assert config.train_cfg.max_epochs == 4 * 50
    assert schedule['milestones'] == [4 * e for e in range(6, 49, 6)]
    assert schedule['gamma'] == 0.5
