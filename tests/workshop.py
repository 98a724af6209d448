"""A folder in which the commands of the pages run on small files."""

import json
from pathlib import Path

import exported
import sleap_io
import torch
from mmengine.config import Config
from original_network import OriginalNetwork

from mlpe_mmpose.tools.synth.generator import generate_dataset

# what a page calls it -> what it is in the folder
NAMES = {
    'CONFIG': 'config.py',
    'CHECKPOINT': 'weights.pth',
    'RESULTS.keypoints.json': 'results.keypoints.json',
    'ANN.json': 'data/coco/annotations/person_keypoints_train2017.json',
    'VAL.json': 'data/coco/annotations/person_keypoints_val2017.json',
    'TEST_DEV_DETECTIONS.json': 'detections.json',
    'IN': 'original.pth',
    'DIR': 'data/coco/train2017',
    'VAL_DIR': 'data/coco/val2017',
    'DATA': 'data/coco',
    'SOURCE': 'labels.slp',
    'OUT': 'out',
    'SUITE': 'suite.py',
    'NAME': 'mlpe_tiny_synthetic',
}
SUITE = """
options = {'train_cfg.max_epochs': 1, 'param_scheduler': []}
experiments = [dict(name='tiny', config='mlpe_tiny_synthetic.py')]
"""


def open_workshop(folder: Path) -> None:
    """Fill a folder: people, a model, and configs of shipped names."""
    data = folder / 'data/coco'
    generate_dataset(data, 16, 8, seed=0)
    config_file = exported.small_mlpe(folder).config
    config = Config.fromfile(config_file)
    config.merge_from_dict(
        {
            'train_cfg.max_epochs': 1,
            **{
                f'{split}_dataloader.dataset.data_root': 'data/coco/'
                for split in ('train', 'val', 'test')
            },
            **{
                f'{split}_evaluator.ann_file': NAMES['VAL.json']
                for split in ('val', 'test')
            },
        }
    )
    (folder / 'configs').mkdir()
    for name in 'mlpe_resnest101_384x288', 'mlpe_resnest50_256x192':
        config.dump(folder / f'configs/{name}.py')
    config.dump(config_file)
    original = OriginalNetwork('mlpe', 101, empty=True).parameters
    torch.save(dict(epoch=1, state_dict=original), folder / NAMES['IN'])
    (folder / NAMES['SUITE']).write_text(SUITE)
    _write_results(folder / NAMES['VAL.json'], folder)
    _write_labels(folder / NAMES['VAL.json'], folder)


def _write_results(annotations: Path, folder: Path) -> None:
    """Write annotated people as results, and their boxes as detections."""
    people = json.loads(annotations.read_text())['annotations']
    for name, field in (
        ('RESULTS.keypoints.json', 'keypoints'),
        ('TEST_DEV_DETECTIONS.json', 'bbox'),
    ):
        rows = [
            {key: person[key] for key in ('image_id', 'category_id', field)}
            | dict(score=0.9)
            for person in people
        ]
        (folder / NAMES[name]).write_text(json.dumps(rows))


def _write_labels(annotations: Path, folder: Path) -> None:
    """Write annotated people as a file of SLEAP."""
    images = folder / NAMES['VAL_DIR']
    labels = sleap_io.load_coco(str(annotations), dataset_root=str(images))
    sleap_io.save_slp(labels, str(folder / NAMES['SOURCE']), embed=False)
