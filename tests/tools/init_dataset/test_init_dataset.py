"""A data set of one's own: from its annotations to a training."""

import shutil

import numpy as np
import pytest
from beasts import NAMES, annotations, init, train, write
from mmengine.config import Config
from mmpose.datasets.datasets.utils import parse_pose_metainfo

from mlpe_mmpose.tools import main
from mlpe_mmpose.tools.init_dataset.init_dataset import init_dataset


def test_metainfo_is_what_mmpose_reads(folder):
    metainfo, _ = init(folder)
    info = parse_pose_metainfo(dict(from_file=str(metainfo)))
    assert info['dataset_name'] == 'beasts'
    assert list(info['keypoint_id2name'].values()) == NAMES
    assert info['flip_indices'] == [0, 2, 1, 3, 4]
    assert info['skeleton_links'] == [(0, 1), (1, 2), (3, 4)]
    assert info['lower_body_ids'] == [3, 4]
    # "left hip" has COCO's sigma, the others COCO's mean, 1.138 / 17
    np.testing.assert_allclose(
        info['sigmas'], [0.067, 0.067, 0.067, 0.107, 0.067], atol=1e-6
    )
    text = metainfo.read_text()
    assert text.count('# guessed') == 2 * 5
    assert text.count("guessed: COCO's mean") == 4
    # a column less than a line of ours may have
    assert max(map(len, text.splitlines())) < 80


@pytest.mark.parametrize('name', ['elsewhere', 'the team\'s "data" set'])
def test_both_files_train_from_any_folder_and_in_any_folder(
    folder, tmp_path, monkeypatch, name
):
    monkeypatch.chdir(folder)
    _, path = init_dataset(
        'beasts.json', 'images', 'new', base='mlpe_tiny_synthetic.py', say=str
    )
    shutil.move('new', name)
    (folder / 'start').mkdir()
    monkeypatch.chdir(folder / 'start')
    path = folder / name / path.name
    assert Config.fromfile(path).model.head.out_channels == 5
    runner = train(path, tmp_path / 'run')
    # flags of 2: one keypoint is not labelled, four are occluded
    labels = runner.train_dataloader.dataset[0]['data_samples']
    labels = labels.gt_instance_labels
    assert labels.keypoint_weights.sum() <= 4
    assert labels.keypoints_visible_weights.sum() == 0
    assert runner.test()['coco/AP'] >= 0


def test_without_flags_of_occlusion_all_that_is_labelled_is_visible(folder):
    write(folder, annotations(flag=1))
    _, path = init(folder)
    config = Config.fromfile(path)
    (mark,) = [
        step
        for step in config.train_dataloader.dataset.pipeline
        if step['type'] == 'MarkOccludedKeypoints'
    ]
    assert mark.visible_flag == 1


def test_a_file_to_validate_on_is_used_where_there_is_one(folder):
    lines = []
    val = write(folder, annotations(), 'val')
    _, path = init(folder, val_ann_file=val, say=lines.append)
    config = Config.fromfile(path)
    for loader in (config.val_dataloader, config.test_dataloader):
        assert loader.dataset.data_root + loader.dataset.ann_file == str(val)
    assert config.val_evaluator.ann_file == str(val)
    assert lines[1] == f'{val}: 3 of 3 annotations to validate on'
    assert 'no --val' not in path.read_text() + ''.join(lines)


def test_validation_on_the_training_data_is_said_in_config_and_output(folder):
    lines = []
    _, path = init(folder, say=lines.append)
    assert 'no --val: validation is on the training data' in path.read_text()
    assert 'no --val, so validation is on the training data' in '\n'.join(
        lines
    )


def test_nothing_is_replaced_without_force(folder):
    metainfo, _ = init(folder)
    metainfo.write_text('mine')
    with pytest.raises(FileExistsError, match=f'{metainfo.name} exists'):
        init(folder)
    assert metainfo.read_text() == 'mine'
    init(folder, force=True)
    assert metainfo.read_text() != 'mine'


def test_a_folder_in_the_place_of_the_config_is_named(folder):
    metainfo, config = init(folder)
    metainfo.write_text('mine')
    config.unlink()
    config.mkdir()
    message = f'{config.name} is a folder; give another --name'
    with pytest.raises(FileExistsError, match=message):
        init(folder, force=True)
    assert metainfo.read_text() == 'mine'


def test_the_verb_says_what_it_guessed_and_what_is_next(folder, capsys):
    call = ['init-dataset', str(folder / 'beasts.json'), '--out', str(folder)]
    assert main([*call, '--images', str(folder / 'images')]) == 0
    out = capsys.readouterr().out
    assert 'keypoints: 5, links: 3, pairs of left and right: 1 (gu' in out
    assert 'note: no single partner for left hip, whose' in out
    command = f'mim train mmpose {folder}/beasts_config.py'
    assert f'    {command}\n' in out
    # the base's backbone starts from published weights
    assert f'{command} --cfg-options model.backbone.init_cfg=None' in out
    assert (
        'Without a\n# network: --cfg-options'
        in (folder / 'beasts_config.py').read_text()
    )
    # what the stack prints is not for the user
    assert 'creating index' not in out
    assert 'Average Precision' not in out
    assert main([*call, '--images', str(folder / 'nowhere')]) == 2
    assert main([*call, '--images', 'x', '--name', 'a b']) == 2
