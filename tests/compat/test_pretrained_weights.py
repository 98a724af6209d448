"""Weights that cannot be downloaded are named, with two remedies."""

import pytest
from mmengine.registry import init_default_scope
from mmpose.registry import MODELS

# nothing listens there
NOWHERE = 'http://127.0.0.1:9/resnet18.pth'


@pytest.mark.parametrize('prefix', [None, 'backbone.'])
def test_training_without_a_network_names_the_weights_and_two_remedies(
    prefix, monkeypatch
):
    monkeypatch.setenv('no_proxy', '*')
    init_default_scope('mmpose')
    init_cfg = dict(type='Pretrained', checkpoint=NOWHERE, prefix=prefix)
    backbone = MODELS.build(dict(type='ResNet', depth=18, init_cfg=init_cfg))
    with pytest.raises(ConnectionError) as failure:
        backbone.init_weights()
    message = str(failure.value)
    assert f'weights of ResNet, {NOWHERE}, cannot be downloaded' in message
    assert 'refused' in message
    assert '--cfg-options model.backbone.init_cfg=None' in message


def test_a_missing_file_of_weights_raises_its_own_error():
    init_default_scope('mmpose')
    init_cfg = dict(type='Pretrained', checkpoint='nowhere.pth')
    backbone = MODELS.build(dict(type='ResNet', depth=18, init_cfg=init_cfg))
    with pytest.raises(FileNotFoundError, match=r'nowhere\.pth is not a file'):
        backbone.init_weights()
