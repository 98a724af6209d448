"""The shipped pipelines' samples are those of the stock transforms."""

from pathlib import Path

import numpy as np
import pytest
from mmengine.config import Config

CONFIGS = Path(__file__).parents[2] / 'configs'
STOCK = dict(
    FastRandomFlip='RandomFlip', FastRandomBBoxTransform='RandomBBoxTransform'
)


def _stock(pipeline):
    """A pipeline in which MMPose's own transforms stand for the fast ones."""
    if isinstance(pipeline, dict):
        plain = {key: _stock(value) for key, value in pipeline.items()}
        if 'type' in plain:
            plain['type'] = STOCK.get(plain['type'], plain['type'])
        return plain
    if isinstance(pipeline, list):
        return [_stock(step) for step in pipeline]
    return pipeline


@pytest.mark.parametrize(
    'name', ['mlpe_resnest101_384x288.py', 'mlpe_tiny_synthetic.py']
)
def test_a_seed_gives_the_training_samples_of_the_stock_transforms(
    coco_dataset, name
):
    pipeline = Config.fromfile(CONFIGS / name).train_pipeline
    stock = _stock(pipeline)
    assert 'Fast' in str(pipeline)
    assert 'Fast' not in str(stock)
    flags = np.random.default_rng(0).integers(0, 3, (20, 17))
    ours, theirs = (coco_dataset(flags, p) for p in (pipeline, stock))
    flipped = 0
    for index in range(20):
        np.random.seed(index)
        sample = ours[index]
        np.random.seed(index)
        expected = theirs[index]
        assert (sample['inputs'] == expected['inputs']).all()
        sample, expected = sample['data_samples'], expected['data_samples']
        for key, value in expected.gt_instances.items():
            assert np.array_equal(sample.gt_instances[key], value), key
        for key, value in expected.gt_instance_labels.items():
            assert (sample.gt_instance_labels[key] == value).all(), key
        flipped += bool(sample.get('flip'))
    assert 0 < flipped < 20
