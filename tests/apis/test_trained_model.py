"""Weights of another network are refused, whatever they differ in."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from exported import Trained, small_baseline, small_mlpe
from mmpose.apis import init_model

from mlpe_mmpose.apis import Predictor
from mlpe_mmpose.apis.trained_model import init_trained_model
from mlpe_mmpose.tools import main


@pytest.fixture
def trained(tmp_path: Path) -> Trained:
    return small_mlpe(tmp_path)


def test_the_model_has_the_weights_and_statistics_of_the_checkpoint(trained):
    wanted = init_model(str(trained.config), str(trained.checkpoint), 'cpu')
    model = init_trained_model(trained.config, trained.checkpoint)
    assert not model.training
    assert model.dataset_meta['dataset_name'] == 'coco'
    for name, value in wanted.state_dict().items():
        assert torch.equal(model.state_dict()[name], value), name


def test_parameters_that_a_head_renames_are_there(tmp_path):
    # MMPose 0.x has `keypoint_head` for `head`
    trained = small_baseline(tmp_path)
    content = torch.load(trained.checkpoint, weights_only=True)
    content['state_dict'] = {
        name.replace('head.', 'keypoint_head.'): value
        for name, value in content['state_dict'].items()
    }
    assert any('keypoint_head' in name for name in content['state_dict'])
    torch.save(content, trained.checkpoint)
    init_trained_model(trained.config, trained.checkpoint)


def rename_all(state: dict) -> dict:
    return {f'net.{name}': value for name, value in state.items()}


def remove_one(state: dict) -> dict:
    del state['neck.laterals.0.conv.weight']
    return state


def take_four_keypoints(state: dict) -> dict:
    return {
        name: value[:4] if value.shape[:1] == (17,) else value
        for name, value in state.items()
    }


@pytest.mark.parametrize(
    ('change', 'words'),
    [
        (rename_all, r'(\d+) of \1 parameters .*such as backbone\.'),
        (remove_one, r': 1 of \d+ parameters .*such as neck\.laterals\.0'),
        (take_four_keypoints, r'parameters are missing, have another shape'),
    ],
)
def test_a_checkpoint_of_another_network_is_refused(
    trained, change: Callable, words
):
    content = torch.load(trained.checkpoint, weights_only=True)
    content['state_dict'] = change(content['state_dict'])
    torch.save(content, trained.checkpoint)
    with pytest.raises(ValueError, match=rf'weights\.pth is not of .*{words}'):
        Predictor(trained.config, trained.checkpoint)


def test_export_refuses_a_checkpoint_of_another_network(
    trained, tmp_path, capsys
):
    (tmp_path / 'other').mkdir()
    other = small_baseline(tmp_path / 'other')
    out_file = tmp_path / 'pose.onnx'
    call = ['export', str(trained.config), str(other.checkpoint)]
    assert main([*call, str(out_file)]) == 2
    said = capsys.readouterr()
    assert 'is not of the network of' in said.err
    # MMEngine lists all names, once
    assert said.out.count('do not match exactly') == 1
    assert not out_file.exists()
