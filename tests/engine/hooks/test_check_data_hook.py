"""Data without keypoints is refused before a run begins."""

import json
from pathlib import Path

import pytest
from mmengine.config import Config
from mmengine.runner import Runner

from mlpe_mmpose.tools.pack.pack_results import pack_results
from mlpe_mmpose.tools.synth.generator import generate_dataset

TINY = Path(__file__).parents[3] / 'configs/mlpe_tiny_synthetic.py'


def tiny_config(
    data_root: Path, work_dir: Path, options: dict | None = None
) -> Config:
    config = Config.fromfile(TINY)
    config.work_dir = str(work_dir)
    config.train_cfg.max_epochs = 1
    for split in ('train', 'val', 'test'):
        loader = config[f'{split}_dataloader']
        loader.dataset.data_root = str(data_root)
        loader.num_workers, loader.persistent_workers = 0, False
    for split in ('val', 'test'):
        config[f'{split}_evaluator'].ann_file = str(
            data_root / 'annotations/person_keypoints_val2017.json'
        )
    config.experiment_name = work_dir.name
    config.merge_from_dict(options or {})
    return config


def tiny_runner(*args: object) -> Runner:
    return Runner.from_cfg(tiny_config(*args))


@pytest.fixture
def data_root(tmp_path: Path) -> Path:
    generate_dataset(tmp_path / 'data', 4, 2, seed=0)
    return tmp_path / 'data'


def remove_keypoints(data_root: Path, split: str) -> None:
    """Make the file what COCO's `instances_*.json` is."""
    path = data_root / f'annotations/person_keypoints_{split}2017.json'
    dataset = json.loads(path.read_text())
    for annotation in dataset['annotations']:
        del annotation['keypoints'], annotation['num_keypoints']
    path.write_text(json.dumps(dataset))


@pytest.mark.parametrize('split', ['train', 'val'])
def test_annotations_without_keypoints_stop_a_training_at_once(
    data_root, tmp_path, split
):
    remove_keypoints(data_root, split)
    runner = tiny_runner(data_root, tmp_path / f'run_{split}')
    with pytest.raises(ValueError, match=rf'keypoints_{split}2017\.json'):
        runner.train()
    assert not list(tmp_path.rglob('*.pth'))


@pytest.mark.parametrize(
    ('reader', 'field', 'value'),
    [
        ('dataset', 'bbox', [1, 2, 'x', 4]),
        # the data set does not read it
        ('evaluator', 'area', 'large'),
        ('evaluator', 'iscrowd', 7),
    ],
)
def test_what_would_fail_in_validation_stops_a_training_at_once(
    data_root, tmp_path, reader, field, value
):
    path = data_root / 'annotations/person_keypoints_val2017.json'
    content = json.loads(path.read_text())
    content['annotations'][0][field] = value
    spoiled = tmp_path / 'spoiled.json'
    spoiled.write_text(json.dumps(content))
    options = {
        'dataset': {'val_dataloader.dataset.ann_file': str(spoiled)},
        'evaluator': {'val_evaluator.ann_file': str(spoiled)},
    }
    name = f'run_{reader}_{field}'
    runner = tiny_runner(data_root, tmp_path / name, options[reader])
    with pytest.raises(
        ValueError, match=rf"spoiled\.json, annotation \d+: '{field}' is "
    ):
        runner.train()
    assert runner.iter == 0


def test_annotations_without_keypoints_stop_a_test_with_detections(
    data_root, tmp_path
):
    # persons come from the detection file, so the data set is not empty
    remove_keypoints(data_root, 'val')
    runner = tiny_runner(data_root, tmp_path / 'run_test')
    detections = 'person_detection_results/synthetic_val_detections.json'
    runner._test_dataloader['dataset']['bbox_file'] = str(
        data_root / detections
    )
    with pytest.raises(ValueError, match=r'CocoMetric.*person_keypoints'):
        runner.test()


@pytest.mark.parametrize(
    ('unbiased', 'wrapper'), [(False, None), (True, 'RepeatDataset')]
)
def test_a_stock_head_with_our_encoder_is_refused_before_it_trains(
    data_root, tmp_path, unbiased, wrapper
):
    head = dict(
        _delete_=True,
        type='HeatmapHead',
        in_channels=32,
        out_channels=17,
        deconv_out_channels=(8, 8, 8),
        decoder=dict(
            type='MLPEHeatmap',
            input_size=(96, 128),
            heatmap_size=(24, 32),
            kernel_sizes=(5,),
            unbiased=unbiased,
        ),
    )
    config = tiny_config(data_root, tmp_path / 'run_stock')
    config.merge_from_dict({'model.head': head})
    train = config.train_dataloader.dataset
    train.pipeline[-2].encoder = head['decoder']
    if wrapper:
        config.train_dataloader.dataset = dict(
            type=wrapper, dataset=train, times=2
        )
    with pytest.raises(
        ValueError,
        match=r'HeatmapHead cannot be trained .*=MLPEHeatmap.*MLPEHead',
    ):
        Runner.from_cfg(config).train()
    assert not list(tmp_path.rglob('*.pth'))


@pytest.mark.parametrize(
    ('option', 'value', 'words'),
    [
        ('codec.unbiased', True, 'codec has unbiased=True, .*unbiased=False'),
        ('model.head.decoder.unbiased', True, 'encoder .*False, .*=True'),
        (
            'train_dataloader.dataset.pipeline.6.encoder.kernel_sizes',
            (9, 9, 9, 9),
            r'encoder .*kernel_sizes=\(9, 9, 9, 9\), .*MLPEHead has k',
        ),
        (
            'train_dataloader.dataset.pipeline.6.encoder.input_size',
            (192, 256),
            r'encoder .*input_size=\(192, 256\), .*=\(96, 128\)',
        ),
        (
            'train_dataloader.dataset.pipeline.6.encoder.heatmap_size',
            (48, 64),
            r'encoder .*heatmap_size=\(48, 64\), .*=\(24, 32\)',
        ),
    ],
)
def test_a_codec_changed_in_one_place_only_stops_a_training_at_once(
    data_root, tmp_path, option, value, words
):
    runner = tiny_runner(data_root, tmp_path / 'run', {option: value})
    with pytest.raises(ValueError, match=words):
        runner.train()
    assert not list(tmp_path.rglob('*.pth'))


def give_flag(data_root: Path, flag: int) -> None:
    """Give all labelled keypoints one flag, as in PoseTrack18 or FreiHand."""
    path = data_root / 'annotations/person_keypoints_train2017.json'
    dataset = json.loads(path.read_text())
    for person in dataset['annotations']:
        flags = person['keypoints'][2::3]
        person['keypoints'][2::3] = [flag * (v > 0) for v in flags]
    path.write_text(json.dumps(dataset))


def combine(config: Config, *steps: dict) -> None:
    """Train on a combined data set, whose part has a pipeline of its own."""
    train = config.train_dataloader.dataset
    config.train_dataloader.dataset = dict(
        type='CombinedDataset',
        metainfo=dict(from_file='configs/_base_/datasets/coco.py'),
        datasets=[{**train, 'pipeline': [*steps]}],
        pipeline=train.pipeline,
    )


@pytest.mark.parametrize(
    ('combined', 'mode'), [(False, 'suppress'), (True, 'ignore')]
)
def test_flags_by_which_no_keypoint_is_visible_stop_a_training_at_once(
    data_root, tmp_path, combined, mode
):
    # without the check, all targets of the levels would be empty
    give_flag(data_root, 1)
    config = tiny_config(data_root, tmp_path / 'run')
    config.model.head.level_occluded = mode
    if combined:
        combine(config)
    runner = Runner.from_cfg(config)
    words = r'train2017.json.* none has the flag 2.* visible_flag=1'
    with pytest.raises(ValueError, match=words):
        runner.train()
    assert runner.iter == 0


@pytest.mark.parametrize(
    ('option', 'value'),
    [
        ('train_dataloader.dataset.pipeline.2.visible_flag', 1),
        ('model.head.level_occluded', 'supervise'),
    ],
)
def test_flags_of_labelled_keypoints_only_train_where_nothing_else_is_read(
    data_root, tmp_path, option, value
):
    give_flag(data_root, 1)
    runner = tiny_runner(data_root, tmp_path / 'run', {option: value})
    runner.train()
    # 0.5 * mean(target ** 2) of an empty target is 0
    assert runner.message_hub.get_scalar('train/loss_level0').mean() > 10


def test_flags_train_that_a_converter_has_replaced(data_root, tmp_path):
    # in what it gives, every labelled keypoint is visible
    give_flag(data_root, 1)
    config = tiny_config(data_root, tmp_path / 'run')
    mapping = [(i, i) for i in range(17)]
    combine(
        config,
        dict(type='KeypointConverter', num_keypoints=17, mapping=mapping),
    )
    runner = Runner.from_cfg(config)
    runner.train()
    assert runner.message_hub.get_scalar('train/loss_level0').mean() > 10


def test_annotations_with_keypoints_train(data_root, tmp_path):
    tiny_runner(data_root, tmp_path / 'run_good').train()
    assert (tmp_path / 'run_good/epoch_1.pth').exists()


def test_images_without_annotations_are_tested_for_coco_s_server(
    data_root, tmp_path
):
    # as image_info_test-dev2017.json: images, and no annotation at all
    path = data_root / 'annotations/person_keypoints_val2017.json'
    dataset = json.loads(path.read_text())
    boxes = [
        dict(image_id=a['image_id'], category_id=1, bbox=a['bbox'], score=0.9)
        for a in dataset.pop('annotations')
    ]
    (tmp_path / 'boxes.json').write_text(json.dumps(boxes))
    path.write_text(json.dumps(dataset))
    options = {
        'test_dataloader.dataset.bbox_file': str(tmp_path / 'boxes.json'),
        'test_evaluator.format_only': True,
        'test_evaluator.outfile_prefix': str(tmp_path / 'test/results'),
    }
    runner = tiny_runner(data_root, tmp_path / 'run_test_dev', options)
    runner.test()
    packed = pack_results(
        tmp_path / 'test/results.keypoints.json', path, 'x', tmp_path
    )
    assert packed.stat().st_size > 100
