"""Weights that cannot be downloaded are named, and so is the remedy."""

import pytest
from mmengine.registry import init_default_scope
from mmpose.registry import MODELS

# nothing listens there
NOWHERE = 'http://127.0.0.1:9/resnet18.pth'


@pytest.mark.parametrize('prefix', [None, 'backbone.'])
def test_training_without_a_network_says_how_to_do_without_weights(
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


def test_weights_on_this_machine_that_are_missing_keep_their_own_error():
    init_default_scope('mmpose')
    init_cfg = dict(type='Pretrained', checkpoint='nowhere.pth')
    backbone = MODELS.build(dict(type='ResNet', depth=18, init_cfg=init_cfg))
    with pytest.raises(FileNotFoundError, match=r'nowhere\.pth can not be'):
        backbone.init_weights()
