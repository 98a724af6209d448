"""A data set of one's own: from its annotations to a training."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from mmengine.config import Config
from mmengine.runner import Runner
from mmpose.datasets.datasets.utils import parse_pose_metainfo

from mlpe_mmpose.apis.new_dataset import init_dataset
from mlpe_mmpose.apis.new_dataset.guesses import (
    guess_half,
    guess_sigma,
    guess_swaps,
    sided_alone,
    words,
)
from mlpe_mmpose.cli import main

NAMES = ['snout', 'EarL', 'EarR', 'left hip', 'tail_base']


def annotations(flag: int = 2) -> dict:
    """A beast in each of three images."""
    random = np.random.default_rng(0)
    people = [
        dict(
            id=i + 1,
            image_id=i,
            category_id=4,
            bbox=[10, 10, 80, 60],
            area=4800,
            iscrowd=0,
            num_keypoints=5,
            keypoints=[
                value
                for x, y in random.uniform(15, 65, (5, 2))
                for value in (x, y, flag)
            ],
        )
        for i in range(3)
    ]
    people[0]['keypoints'][2::3] = [1, 1, 0, 1, 1]
    category = dict(
        id=4, name='beast', keypoints=NAMES, skeleton=[[1, 2], [2, 3], [4, 5]]
    )
    images = [
        dict(id=i, file_name=f'{i}.jpg', width=100, height=80)
        for i in range(3)
    ]
    return dict(images=images, annotations=people, categories=[category])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / 'images').mkdir()
    for i in range(3):
        image = np.full((80, 100, 3), 60 * i, np.uint8)
        cv2.imwrite(str(tmp_path / f'images/{i}.jpg'), image)
    (tmp_path / 'beasts.json').write_text(json.dumps(annotations()))
    return tmp_path


def init(folder: Path, **kwargs) -> tuple[Path, Path]:
    return init_dataset(
        folder / 'beasts.json',
        folder / 'images',
        folder / 'new',
        **{'base': 'mlpe_tiny_synthetic.py', 'say': str, **kwargs},
    )


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


def test_the_config_trains_and_validates_from_anywhere(
    folder, tmp_path, monkeypatch
):
    _, path = init(folder)
    monkeypatch.chdir(tmp_path.parent)
    config = Config.fromfile(path)
    assert config.model.head.out_channels == 5
    config.train_cfg.max_epochs = 1
    config.work_dir = str(tmp_path / 'run')
    config.experiment_name = tmp_path.name
    runner = Runner.from_cfg(config)
    # flags of 2: one keypoint is not labelled, four are occluded
    labels = runner.train_dataloader.dataset[0]['data_samples']
    labels = labels.gt_instance_labels
    assert labels.keypoint_weights.sum() <= 4
    assert labels.keypoints_visible_weights.sum() == 0
    runner.train()
    assert (tmp_path / 'run/epoch_1.pth').exists()
    assert runner.test()['coco/AP'] >= 0


def test_without_flags_of_occlusion_all_that_is_labelled_is_visible(folder):
    (folder / 'beasts.json').write_text(json.dumps(annotations(flag=1)))
    _, path = init(folder)
    config = Config.fromfile(path)
    (mark,) = [
        step
        for step in config.train_dataloader.dataset.pipeline
        if step['type'] == 'MarkOccludedKeypoints'
    ]
    assert mark.visible_flag == 1


def test_a_file_to_validate_on_is_used_where_there_is_one(folder):
    (folder / 'val.json').write_text(json.dumps(annotations()))
    _, path = init(folder, val_ann_file=folder / 'val.json')
    config = Config.fromfile(path)
    for loader in (config.val_dataloader, config.test_dataloader):
        assert loader.dataset.ann_file == str(folder / 'val.json')
    assert config.val_evaluator.ann_file == str(folder / 'val.json')
    assert 'no --val' not in path.read_text()
    _, alone = init(folder, force=True)
    assert 'no --val' in alone.read_text()


@pytest.mark.parametrize(
    ('name', 'expected'),
    [
        ('left_eye', ('left', 'eye')),
        ('LShoulder', ('l', 'shoulder')),
        ('lefteye', ('left', 'eye')),
        ('Left Eye 2', ('left', 'eye', '2')),
        ('eye-R', ('eye', 'r')),
        ('cleft', ('cleft',)),
    ],
)
def test_a_name_has_words(name, expected):
    assert words(name) == expected


def test_pairs_are_names_that_differ_in_their_side_only():
    names = ['l_hand', 'r_hand', 'leftPaw', 'rightPaw', 'left_ear', 'tail']
    swaps = guess_swaps(names)
    assert swaps == {
        'l_hand': 'r_hand',
        'r_hand': 'l_hand',
        'leftPaw': 'rightPaw',
        'rightPaw': 'leftPaw',
    }
    assert sided_alone(names, swaps) == ['left_ear']


def test_halves_and_sigmas_follow_the_words():
    assert [guess_half(n) for n in ('RKnee', 'nose', 'tail tip')] == [
        'lower',
        'upper',
        'lower',
    ]
    assert guess_sigma('Right-Wrist') == (0.062, True)
    assert guess_sigma('antenna') == (0.067, False)


def spoil(path: str, value: object) -> dict:
    """The annotations, one entry of them replaced or removed."""
    content = annotations()
    *way, last = path.split('.')
    place = content
    for step in way:
        place = place[int(step) if step.isdigit() else step]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return content


@pytest.mark.parametrize(
    ('content', 'error', 'message'),
    [
        ('{', ValueError, 'no JSON file'),
        ('[]', ValueError, "has no 'images'"),
        (spoil('annotations', []), ValueError, "has no 'annotations'"),
        (
            spoil('categories.0.keypoints', None),
            ValueError,
            'none of the 1 ca',
        ),
        (
            spoil('categories.0.keypoints', ['a', 'a']),
            ValueError,
            'of their o',
        ),
        (spoil('categories.0.skeleton', [[0, 1]]), ValueError, r'from 1 to 5'),
        (spoil('annotations.1.keypoints', [1]), ValueError, 'annotation 2: 1'),
        (spoil('annotations.1.keypoints', [3] * 15), ValueError, r'flags \[3'),
        (spoil('annotations.2.bbox', None), ValueError, 'annotation 3: needs'),
        (spoil('images.0.file_name', 'x.jpg'), OSError, 'lacks 1 of the 3'),
    ],
)
def test_what_is_not_coco_s_format_is_refused_unwritten(
    folder, content, error, message
):
    text = content if isinstance(content, str) else json.dumps(content)
    (folder / 'beasts.json').write_text(text)
    with pytest.raises(error, match=message):
        init(folder)
    assert not (folder / 'new').exists()


def test_categories_of_different_keypoints_are_refused(folder):
    content = annotations()
    content['categories'].append(dict(id=5, name='bird', keypoints=['beak']))
    (folder / 'beasts.json').write_text(json.dumps(content))
    with pytest.raises(ValueError, match=r"'beast', 'bird'.* different"):
        init(folder)


def test_nothing_is_replaced_without_force(folder):
    metainfo, _ = init(folder)
    metainfo.write_text('mine')
    with pytest.raises(FileExistsError, match=f'{metainfo.name} exists'):
        init(folder)
    assert metainfo.read_text() == 'mine'
    init(folder, force=True)
    assert metainfo.read_text() != 'mine'


def test_the_verb_says_what_it_guessed_and_what_is_next(folder, capsys):
    call = ['init-dataset', str(folder / 'beasts.json'), '--out', str(folder)]
    assert main([*call, '--images', str(folder / 'images')]) == 0
    out = capsys.readouterr().out
    assert '3 people, 5 keypoints, 3 links, 1 pairs' in out
    assert 'note: left hip have a side' in out
    assert f'mim train mmpose {folder}/beasts_config.py' in out
    assert main([*call, '--images', str(folder / 'nowhere')]) == 1
    assert main([*call, '--images', 'x', '--name', 'a b']) == 2
