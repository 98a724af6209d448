"""Other keypoints: each config on a little data in its data set's format."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from mmengine.config import Config
from mmengine.runner import Runner
from scipy.io import savemat

KEYPOINTS = Path(__file__).parents[2] / 'configs/keypoints'
IMAGES, SIZE = 3, 120
WHOLEBODY = dict(foot=6, face=68, lefthand=21, righthand=21)


def places(number: int) -> np.ndarray:
    """(number, 2), keypoints on a ring inside the image."""
    angles = np.linspace(0, 6, number)
    return 60 + 40 * np.stack([np.cos(angles), np.sin(angles)], -1)


def triples(number: int, flag: int = 2) -> list[float]:
    """x, y, v of keypoints as COCO writes them; every fifth is occluded."""
    flags = np.full((number, 1), flag)
    flags[::5] = 1
    return np.hstack([places(number), flags]).ravel().tolist()


def write_coco(path: Path, number: int, names: list[str], **more) -> None:
    """Annotations in COCO's format, one person an image."""
    path.parent.mkdir(parents=True, exist_ok=True)
    images = [
        dict(id=i, file_name=name, width=SIZE, height=SIZE, crowdIndex=0.05)
        for i, name in enumerate(names)
    ]
    annotations = [
        dict(
            id=i,
            image_id=i,
            category_id=1,
            bbox=[10, 10, 100, 100],
            area=8000.0,
            iscrowd=0,
            num_keypoints=number,
            keypoints=triples(number),
            segmentation=[],
            **more,
        )
        for i in range(len(names))
    ]
    category = dict(id=1, name='person', keypoints=[], skeleton=[])
    content = dict(images=images, annotations=annotations)
    path.write_text(json.dumps(content | dict(categories=[category])))


def crowdpose(root: Path, names: list[str]) -> None:
    for split in ('trainval', 'test'):
        path = root / f'annotations/mmpose_crowdpose_{split}.json'
        write_coco(path, 14, names)


def wholebody(root: Path, names: list[str]) -> None:
    parts = {f'{k}_kpts': triples(n, 1) for k, n in WHOLEBODY.items()}
    flags = {f'{k}_valid': True for k in WHOLEBODY}
    boxes = {f'{k}_box': [30, 30, 40, 40] for k in WHOLEBODY}
    for split in ('train', 'val'):
        path = root / f'annotations/coco_wholebody_{split}_v1.0.json'
        write_coco(path, 17, names, **parts, **flags, **boxes)


def ap10k(root: Path, names: list[str]) -> None:
    for split in ('train', 'val', 'test'):
        path = root / f'annotations/ap10k-{split}-split1.json'
        write_coco(path, 17, names)


def mpii(root: Path, names: list[str]) -> None:
    people = [
        dict(
            image=name,
            center=[60.0, 60.0],
            scale=0.5,
            joints=places(16).tolist(),
            joints_vis=[1] * 14 + [0] * 2,
        )
        for name in names
    ]
    folder = root / 'annotations'
    folder.mkdir(parents=True)
    for split in ('train', 'val'):
        (folder / f'mpii_{split}.json').write_text(json.dumps(people))
    # two corners of each head, and what the metric reads besides
    heads = np.tile(np.array([[[50.0], [40]], [[70], [60]]]), (1, 1, IMAGES))
    joints = np.stack([places(16)] * IMAGES, -1)
    savemat(
        folder / 'mpii_gt_val.mat',
        dict(
            headboxes_src=heads,
            jnt_missing=np.zeros((16, IMAGES)),
            pos_gt_src=joints,
            dataset_joints=np.array(['head'], object),
        ),
    )


# file, keypoints, annotations, a metric
CASES = {
    '256x192_crowdpose': (14, crowdpose, 'crowdpose/AP'),
    '256x256_mpii': (16, mpii, 'PCK'),
    '256x192_coco-wholebody': (133, wholebody, 'coco-wholebody/AP'),
    '256x256_ap10k': (17, ap10k, 'coco/AP'),
}


@pytest.fixture(params=CASES)
def case(request, tmp_path: Path) -> tuple[Config, int, str]:
    """A config on its data, on a narrow network with a small input."""
    number, write, metric = CASES[request.param]
    config = Config.fromfile(KEYPOINTS / f'mlpe_resnest50_{request.param}.py')
    names = [f'{i:012d}.jpg' for i in range(IMAGES)]
    write(tmp_path, names)
    random = np.random.default_rng(0)
    for split in ('train', 'val', 'test'):
        loader = config[f'{split}_dataloader']
        loader.update(num_workers=0, persistent_workers=False, batch_size=3)
        move(loader.dataset, tmp_path, config)
        folder = tmp_path / loader.dataset.data_prefix.img
        folder.mkdir(parents=True, exist_ok=True)
        for name in names:
            image = random.integers(0, 256, (SIZE, SIZE, 3), np.uint8)
            cv2.imwrite(str(folder / name), image)
    for split in ('val', 'test'):
        evaluator = config[f'{split}_evaluator']
        if 'ann_file' in evaluator:
            name = Path(evaluator.ann_file).name
            evaluator.ann_file = str(tmp_path / 'annotations' / name)
    shrink(config)
    config.work_dir = str(tmp_path / 'run')
    config.experiment_name = tmp_path.name
    return config, number, metric


def move(dataset: dict, root: Path, config: Config) -> None:
    """Put a data set under another root, with ground-truth boxes."""
    dataset.data_root = str(root)
    dataset.pop('bbox_file', None)
    if 'headbox_file' in dataset:
        assert dataset.headbox_file.startswith(config.data_root)
        dataset.headbox_file = str(root / 'annotations/mpii_gt_val.mat')
    small = dict(input_size=(64, 64), heatmap_size=(16, 16))
    for step in dataset.pipeline:
        if step['type'] == 'TopdownAffine':
            step.input_size = small['input_size']
        if step['type'] == 'GenerateTarget':
            step.encoder.update(small)
            config.model.head.decoder.update(small)
            config.codec.update(small)


def shrink(config: Config) -> None:
    """Two steps of a narrow ResNet-18."""
    config.model.backbone = dict(
        type='ResNet', depth=18, base_channels=8, out_indices=(0, 1, 2, 3)
    )
    config.model.neck.update(in_channels=(8, 16, 32, 64), out_channels=8)
    config.model.head.in_channels = 8
    config.train_cfg.update(max_epochs=2, val_interval=2)


def test_it_trains_validates_and_keeps_its_best(case):
    config, number, metric = case
    runner = Runner.from_cfg(config)
    runner.train()
    best = runner.message_hub.get_info('best_score')
    assert 0 <= best <= 100
    assert list(Path(config.work_dir).glob('best_*.pth'))
    assert config.default_hooks.checkpoint.save_best == metric
    head = runner.model.head
    assert head.out_channels == number
    assert head.refine_network.predict[-1].num_features == number
    found = runner.test()
    assert metric in found


def test_the_truth_is_encoded_where_it_lies(case):
    config, number, _ = case
    dataset = config.train_dataloader.dataset
    # without augmentation, whatever of it the config has
    kept = ('CheckedLoadImage', 'GetBBoxCenterScale', 'MarkOccludedKeypoints')
    kept += ('TopdownAffine', 'GenerateTarget', 'PackPoseInputs')
    marks = any(s['type'] == 'MarkOccludedKeypoints' for s in dataset.pipeline)
    dataset.pipeline = [s for s in dataset.pipeline if s['type'] in kept]
    loader = Runner.build_dataloader(config.train_dataloader)
    sample = loader.dataset[0]['data_samples']
    labels = sample.gt_instance_labels
    assert labels.keypoint_labels.shape == (1, number, 2)
    labelled = labels.keypoint_weights[0] > 0
    width = sample.metainfo['input_scale'][0]
    centre = sample.metainfo['input_center']
    expected = (sample.gt_instances.keypoints[0] - centre) / width * 16 + 8
    np.testing.assert_allclose(
        labels.keypoint_labels[0][labelled], expected[labelled], atol=0.05
    )
    if marks and 'keypoints_visible_weights' in labels:
        shown = labels.keypoints_visible_weights[0] > 0
        occluded = labelled & ~shown
        # every fifth, where flags tell; MPII has none
        expected = 0 if number == 16 else len(range(0, number, 5))
        assert occluded.sum() == expected


def test_every_config_of_the_folder_is_tried() -> None:
    files = {
        p.stem.removeprefix('mlpe_resnest50_') for p in KEYPOINTS.glob('*')
    }
    assert files == set(CASES)
