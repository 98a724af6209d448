"""Any shipped config is a base, and what is none is refused."""

import shutil
from pathlib import Path

import pytest
from beasts import annotations, init, train, write
from mmengine.config import Config
from mmpose.datasets import CocoDataset
from newer_style import write_with_classes, write_with_paths

from mlpe_mmpose.evaluation.metrics import FastCocoMetric
from mlpe_mmpose.tools.init_dataset.base_config import read_base
from mlpe_mmpose.tools.init_dataset.render import render_config
from mlpe_mmpose.tools.init_dataset.split import read_split

CONFIGS = Path(__file__).parents[3] / 'configs'
SHIPPED = sorted(
    str(path.relative_to(CONFIGS))
    for path in CONFIGS.rglob('*.py')
    if path.parent.name not in ('_base_', 'bottomup')
)
# as many as MMPose's OHKM loss picks
NAMES = ['snout', 'l_ear', 'r_ear', 'l_paw', 'r_paw', 'l_hip', 'r_hip', 'tail']
# what a config of another data set has
OF_DATA = {'data_root', 'metainfo', 'dataset_type', 'data_mode'}
OF_DATA |= {'train_pipeline', 'val_pipeline', 'val_evaluator'}
OF_DATA |= {'test_evaluator', 'default_hooks', 'custom_imports'}


# of other data sets, metrics, and loss
MLPE = [
    'cpn/cpn_resnet50_256x192.py',
    'keypoints/mlpe_resnest50_256x192_coco-wholebody.py',
    'keypoints/mlpe_resnest50_256x192_crowdpose.py',
    'keypoints/mlpe_resnest50_256x256_ap10k.py',
    'keypoints/mlpe_resnest50_256x256_mpii.py',
]
OTHER_HEADS = [
    'peers/mspn50_256x192.py',
    'peers/simple_baseline_tiny_synthetic.py',
    'plus/mlpe-plus_tiny_synthetic.py',
]
NARROW = """\
model = dict(
    backbone=dict(
        _delete_=True,
        type='ResNet',
        depth=18,
        base_channels=16,
        out_indices=(0, 1, 2, 3),
    ),
    neck=dict(in_channels=(16, 32, 64, 128), out_channels=16),
    head=dict(in_channels=16),
)
"""


@pytest.mark.parametrize('name', MLPE)
def test_a_config_of_any_data_set_is_a_base_that_trains_and_validates(
    folder, name
):
    base = folder / 'narrow.py'
    base.write_text(f'_base_ = [{str(CONFIGS / name)!r}]\n{NARROW}')
    _, path = init(folder, base=base)
    runner = train(path, folder / 'run')
    assert type(runner.train_dataloader.dataset) is CocoDataset
    assert type(runner.val_evaluator.metrics[0]) is FastCocoMetric


@pytest.mark.parametrize('name', OTHER_HEADS)
def test_a_config_of_any_head_is_a_base(folder, name):
    write(folder, annotations(names=NAMES))
    _, path = init(folder, base=name)
    assert Config.fromfile(path).model.head.out_channels == len(NAMES)


@pytest.mark.parametrize('name', SHIPPED)
def test_all_but_the_data_is_the_bases(folder, name):
    data = read_split(folder / 'beasts.json', folder / 'images')
    text = render_config('x', read_base(name), folder, data, None)
    (folder / 'x_config.py').write_text(text)
    written = Config.fromfile(folder / 'x_config.py')
    expected = Config.fromfile(CONFIGS / name)
    expected.model.head.out_channels = 5
    for split in ('train', 'val', 'test'):
        loader, old = (
            written[f'{split}_dataloader'],
            expected.pop(f'{split}_dataloader'),
        )
        # nothing of another data set is left
        assert set(loader.dataset) <= {
            *('type', 'metainfo', 'data_root', 'data_mode', 'ann_file'),
            *('data_prefix', 'pipeline', 'test_mode'),
        }
        steps = [step.type for step in loader.dataset.pipeline]
        assert steps == [step.type for step in old.dataset.pipeline]
        assert loader.batch_size == old.batch_size
    imports = expected.custom_imports.imports
    assert written.custom_imports.imports == imports
    for key in set(expected) - OF_DATA:
        assert written[key] == expected[key], key


def test_a_base_of_the_user_is_found_beside_the_config_wherever_both_are(
    folder,
):
    work = folder / "the team's work"
    (work / 'bases').mkdir(parents=True)
    (work / "bases/my team's.py").write_text(
        f'_base_ = [{str(CONFIGS / "mlpe_tiny_synthetic.py")!r}]\n'
        'train_cfg = dict(max_epochs=7)\n'
    )
    (folder / 'new').symlink_to(work)
    _, path = init(folder, base=work / "bases/my team's.py")
    shutil.move(work, folder / 'moved')
    config = Config.fromfile(folder / 'moved' / path.name)
    assert config.train_cfg.max_epochs == 7


def test_a_base_of_the_user_is_found_from_behind_a_link(folder):
    base = folder / 'mine.py'
    base.write_text("_base_ = 'mlpe_mmpose::mlpe_tiny_synthetic.py'\n")
    (folder / 'far/away').mkdir(parents=True)
    # init() writes into this folder
    (folder / 'new').symlink_to(folder / 'far/away')
    _, path = init(folder, base=base)
    for place in (path.parent, folder / 'far/away'):
        config = Config.fromfile(place / path.name)
        assert config.model.type == 'TopdownPoseEstimator'


def test_a_base_that_does_not_import_this_package_gets_the_import(folder):
    stock = Config.fromfile(CONFIGS / 'mlpe_tiny_synthetic.py')
    stock.custom_imports = dict(imports=['json'], allow_failed_imports=False)
    stock.dump(folder / 'stock.py')
    _, path = init(folder, base=folder / 'stock.py')
    imports = Config.fromfile(path).custom_imports.imports
    assert imports == ['json', 'mlpe_mmpose']


@pytest.mark.parametrize(
    ('text', 'message'),
    [
        ("model = dict(type='BottomupPoseEstimator')", 'type=BottomupPose'),
        ('x = 1', 'model.type=None'),
        ('model = dict(', 'cannot be read: .*Error'),
        (
            "_base_ = ['TINY']\nmodel = dict(head=dict(out_channels=None))",
            r'has no model\.head\.out_channels',
        ),
        (
            "_base_ = ['TINY']\nval_dataloader = dict(dataset=dict("
            "_delete_=True, type='CombinedDataset'))",
            r'has no val_dataloader\.dataset\.pipeline',
        ),
        (
            "_base_ = ['TINY']\nmodel = dict(neck=dict(in_channels=(1, 2)))",
            'computing the losses fails with ',
        ),
    ],
)
def test_what_is_no_base_is_refused_with_the_reason(folder, text, message):
    tiny = str(CONFIGS / 'mlpe_tiny_synthetic.py')
    (folder / 'base.py').write_text(text.replace('TINY', tiny))
    with pytest.raises(ValueError, match=rf'base\.py.*{message}'):
        init(folder, base=folder / 'base.py')
    assert not (folder / 'new').exists()


def test_a_loss_that_picks_more_keypoints_than_there_are_is_refused(folder):
    # MMPose's takes 8 of these 5
    with pytest.raises(ValueError, match=r'mspn50.*topk \(8\) should not'):
        init(folder, base='peers/mspn50_256x192.py')


def test_a_base_that_does_not_exist_is_refused(folder):
    with pytest.raises(FileNotFoundError, match='--config x is neither a f'):
        init(folder, base='x')


def test_the_file_that_a_config_of_classes_leaves_is_a_base_that_trains(
    folder,
):
    # no flag of 2, so that the step which reads flags needs a change
    write(folder, annotations(flag=1))
    narrow = folder / 'narrow.py'
    tiny = str(CONFIGS / 'mlpe_tiny_synthetic.py')
    narrow.write_text(f'_base_ = [{tiny!r}]\n{NARROW}\ndefault_scope = None\n')
    _, path = init(folder, base=write_with_paths(narrow, folder / 'left.py'))
    train(path, folder / 'run')
    steps = Config.fromfile(path).train_dataloader.dataset.pipeline
    (mark,) = (s for s in steps if s.type.endswith('MarkOccludedKeypoints'))
    assert mark.visible_flag == 1


def test_a_config_of_classes_is_refused_with_the_file_to_name(folder):
    base = CONFIGS / 'mlpe_tiny_synthetic.py'
    path = write_with_classes(base, folder / 'classes.py')
    with pytest.raises(ValueError, match='which other configs cannot inherit'):
        read_base(path)
