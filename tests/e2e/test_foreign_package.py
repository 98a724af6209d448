"""Somebody's own package, with its own data set, trains by `mim train`."""

import json
from pathlib import Path

import torch
from trainings import last_ap

DATASET = """
from mmpose.datasets.datasets.base import BaseCocoStyleDataset
from mmpose.registry import DATASETS

NAMES = ('head', 'left_eye', 'right_eye', 'left_ear', 'right_ear')
SWAPS = ('', 'right_eye', 'left_eye', 'right_ear', 'left_ear')


@DATASETS.register_module()
class HeadDataset(BaseCocoStyleDataset):
    METAINFO = dict(
        dataset_name='heads',
        keypoint_info={
            number: dict(
                id=number,
                name=name,
                color=[51, 153, 255],
                type='upper',
                swap=swap,
            )
            for number, (name, swap) in enumerate(zip(NAMES, SWAPS))
        },
        skeleton_info={},
        joint_weights=[1.0] * len(NAMES),
        sigmas=[0.05] * len(NAMES),
    )
"""
CONFIG = """
_base_ = __import__('mlpe_mmpose').__name__ + '::mlpe_tiny_synthetic.py'
custom_imports = dict(
    imports=['mlpe_mmpose', 'heads'], allow_failed_imports=False
)
model = dict(head=dict(out_channels=5))
train_cfg = dict(max_epochs=1)
dataset = dict(type='HeadDataset', data_root='data/')
train_dataloader = dict(
    batch_size=8, num_workers=0, persistent_workers=False, dataset=dataset
)
val_dataloader = dict(
    num_workers=0, persistent_workers=False, dataset=dataset
)
test_dataloader = val_dataloader
val_evaluator = dict(
    ann_file='data/annotations/person_keypoints_val2017.json'
)
test_evaluator = val_evaluator
"""


def write_heads(people: Path, folder: Path) -> None:
    """Write people's annotations with their first five keypoints only."""
    for split in ('train', 'val'):
        name = f'annotations/person_keypoints_{split}2017.json'
        content = json.loads((people / name).read_text())
        for annotation in content['annotations']:
            keypoints = annotation['keypoints'][: 5 * 3]
            annotation['keypoints'] = keypoints
            annotation['num_keypoints'] = sum(v > 0 for v in keypoints[2::3])
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(json.dumps(content))
        (folder / f'{split}2017').symlink_to(people / f'{split}2017')


def test_a_package_of_somebody_else_trains_on_its_own_data_set(
    mim, people, tmp_path, monkeypatch
):
    package = tmp_path / 'packages/heads'
    package.mkdir(parents=True)
    (package / '__init__.py').write_text('from . import dataset\n')
    (package / 'dataset.py').write_text(DATASET)
    # as if the package was installed
    monkeypatch.setenv('PYTHONPATH', str(package.parent), prepend=':')
    write_heads(people, tmp_path / 'data')
    config = tmp_path / 'heads_config.py'
    config.write_text(CONFIG)
    output = mim('train', str(config), '--work-dir', tmp_path / 'run')
    assert -1 < last_ap(output) <= 1
    checkpoint = torch.load(tmp_path / 'run/epoch_1.pth', weights_only=True)
    assert checkpoint['meta']['dataset_meta']['dataset_name'] == 'heads'
    state = checkpoint['state_dict']
    assert state['head.refine_network.predict.0.weight'].shape[0] == 5
