"""The rivals of the suites are measured as their authors meant them."""

import numpy as np
import pytest
from mmengine.config import Config
from mmengine.registry import init_default_scope
from mmpose.registry import KEYPOINT_CODECS

import mlpe_mmpose  # noqa: F401
from mlpe_mmpose.shipped import find_shipped

PEERS = sorted(find_shipped('configs/peers').glob('*.py'))


@pytest.mark.parametrize('path', PEERS, ids=lambda path: path.stem)
def test_a_peers_heatmaps_peak_where_the_keypoints_are(path):
    # MMPose's Gaussians lie a cell up and left where 3 sigma is no integer
    init_default_scope('mmpose')
    config = Config.fromfile(path)
    (target,) = [
        step
        for step in config.train_dataloader.dataset.pipeline
        if step['type'] == 'GenerateTarget'
    ]
    encoder = target['encoder']
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
