"""A folder in which the commands of the pages run on small files."""

import json
from pathlib import Path

import cv2
import exported
import sleap_io
import torch
from mmengine.config import Config
from onnx_detectors import write_detector
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
TEST_DEV = 'annotations/image_info_test-dev2017.json'
SUITE = """
options = {'train_cfg.max_epochs': 1, 'param_scheduler': []}
experiments = [dict(name='tiny', config='mlpe_tiny_synthetic.py')]
"""


def open_workshop(folder: Path) -> None:
    """Fill a folder: people, a model, and configs of shipped names."""
    data = folder / 'data/coco'
    generate_dataset(data, 16, 8, seed=0)
    trained = exported.tiny_mlpe(folder)
    trained.export('pose.onnx')
    config_file = trained.config
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
    write_detector(folder / 'detector.onnx', [[10, 10, 60, 90, 0.9]])
    for path in folder / 'photos', folder / 'val2017', data / 'test2017':
        path.symlink_to(data / 'val2017')
    dataset = json.loads((folder / NAMES['VAL.json']).read_text())
    info = {key: dataset[key] for key in ('images', 'categories')}
    (data / TEST_DEV).write_text(json.dumps(info))
    _write_video(folder / 'video.mp4', sorted(data.glob('val2017/*')))


def _write_results(annotations: Path, folder: Path) -> None:
    """Write annotated people as results, and their boxes as detections."""
    people = json.loads(annotations.read_text())['annotations']
    for name, field in (
        (NAMES['RESULTS.keypoints.json'], 'keypoints'),
        (NAMES['TEST_DEV_DETECTIONS.json'], 'bbox'),
        ('person_detections.json', 'bbox'),
    ):
        rows = [
            {key: person[key] for key in ('image_id', 'category_id', field)}
            | dict(score=0.9)
            for person in people
        ]
        (folder / name).write_text(json.dumps(rows))


def _write_labels(annotations: Path, folder: Path) -> None:
    """Write annotated people as a file of SLEAP."""
    images = folder / NAMES['VAL_DIR']
    labels = sleap_io.load_coco(str(annotations), dataset_root=str(images))
    sleap_io.save_slp(labels, str(folder / NAMES['SOURCE']), embed=False)


def _write_video(path: Path, images: list[Path]) -> None:
    """Write a video whose frames are these images."""
    frames = [cv2.imread(str(image)) for image in images]
    height, width = frames[0].shape[:2]
    codec = cv2.VideoWriter_fourcc(*'mp4v')
    video = cv2.VideoWriter(str(path), codec, 5, (width, height))
    for frame in frames:
        video.write(cv2.resize(frame, (width, height)))
    video.release()
