"""Data sets of any names reach the configs; wrong files are named."""

import json
import re
from pathlib import Path

import pytest
from mmpose.registry import DATASETS

from mlpe_mmpose.tools.compare.comparison import compare
from mlpe_mmpose.tools.compare.dataset import (
    DETECTIONS,
    DataSet,
    read_dataset,
)
from mlpe_mmpose.tools.compare.run_config import build_config
from mlpe_mmpose.tools.compare.runs import plan_runs
from mlpe_mmpose.tools.compare.suite import Experiment, Suite, load_suite

CROWDPOSE = dict(
    train=dict(ann_file='a/train.json', img='photos/'),
    val=dict(ann_file='a/val.json', img='photos/'),
    metainfo='configs/_base_/datasets/crowdpose.py',
    prefix='mine',
)
TINY = Experiment('x', 'mlpe_tiny_synthetic.py')


def person(number: int, keypoints: int) -> dict:
    return dict(
        id=number,
        image_id=1,
        category_id=1,
        bbox=[1, 1, 9, 9],
        area=50,
        iscrowd=0,
        num_keypoints=keypoints,
        keypoints=[5, 5, 2] * keypoints,
    )


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """One image, with a person without keypoints and one with 14."""
    root = tmp_path / 'data'
    (root / 'a').mkdir(parents=True)
    (root / 'photos').mkdir()
    (root / 'photos/1.jpg').touch()
    content = dict(
        images=[dict(id=1, file_name='1.jpg', width=10, height=10)],
        categories=[dict(id=1, name='person')],
        annotations=[person(1, 0), person(2, 14)],
    )
    for split in ('train', 'val'):
        (root / f'a/{split}.json').write_text(json.dumps(content))
    return root


def test_a_training_on_coco_s_validation_set_reads_its_files():
    val = dict(DataSet('coco').val)
    config = build_config(TINY, [DataSet('coco', train=val).options()])
    loader = config.train_dataloader.dataset
    assert loader.ann_file == val['ann_file']
    assert loader.data_prefix.img == val['img']


def test_a_config_gets_the_files_the_keypoints_and_the_prefix(data):
    found = read_dataset(data, CROWDPOSE)
    found.check()
    config = build_config(TINY, [found.options()])
    found.fit(config)
    assert config.model.head.out_channels == 14
    assert (
        config.val_evaluator.prefix == config.test_evaluator.prefix == 'mine'
    )
    assert config.default_hooks.checkpoint.save_best == 'mine/AP'
    assert config.val_evaluator.ann_file == f'{data}/a/val.json'
    for loader, split in dict(train='train', val='val', test='val').items():
        dataset = config[f'{loader}_dataloader'].dataset
        assert dataset.ann_file == f'a/{split}.json'
        people = DATASETS.build(dict(dataset, pipeline=[]))
        assert people.metainfo['num_keypoints'] == 14
        image = people.get_data_info(0)['img_path']
        assert Path(image) == data / 'photos/1.jpg'


def test_the_class_of_the_data_set_gives_the_keypoints_as_well(data):
    dataset = DataSet(str(data), type='CrowdPoseDataset')
    config = build_config(TINY, [dataset.options()])
    dataset.fit(config)
    assert config.model.head.out_channels == 14
    assert config.train_dataloader.dataset.type == 'CrowdPoseDataset'


@pytest.mark.parametrize(
    ('split', 'wrapper'),
    [
        ('train', dict(type='CombinedDataset', datasets=[])),
        ('test', dict(type='RepeatDataset', dataset={}, times=2)),
    ],
)
def test_data_sets_that_read_files_of_their_own_are_refused(
    data, split, wrapper
):
    # all rows have to learn from the same people
    dataset = dict(wrapper, _delete_=True)
    row = Experiment(
        'x', TINY.config, options={f'{split}_dataloader.dataset': dataset}
    )
    (run,) = plan_runs(Suite({}, (row,)), DataSet(str(data)), data, seeds=1)
    message = f"'x' .*{split}_dataloader reads a {wrapper['type']}"
    with pytest.raises(ValueError, match=message):
        _ = run.config


@pytest.mark.parametrize(
    ('row', 'key', 'number'),
    [
        # a heatmap and two offsets for each keypoint
        ('offsets', 'head.out_channels', 3 * 14),
        ('rtmpose', 'head.out_channels', 14),
        ('higherhrnet', 'head.num_keypoints', 14),
        ('mask_rcnn', 'num_keypoints', 14),
    ],
)
def test_every_kind_of_network_predicts_as_many_keypoints(
    data, row, key, number
):
    (data / 'boxes.json').write_text('[]')
    dataset = read_dataset(data, CROWDPOSE | dict(boxes='boxes.json'))
    runs = plan_runs(load_suite('table2_tiny'), dataset, data, seeds=1)
    (run,) = [run for run in runs if run.experiment.name == row]
    found = run.config.model
    for part in key.split('.'):
        found = found[part]
    assert found == number
    if row == 'higherhrnet':
        order = run.config.model.head.decoder.decode_keypoint_order
        assert order == [*range(14)]
    # and only crops are tested with boxes
    boxes = run.config.test_dataloader.dataset.bbox_file
    assert bool(boxes) == (row in ('offsets', 'rtmpose'))


def test_data_of_coco_s_names_change_the_folder_only(data):
    options = DataSet(str(data)).options()
    assert {key.rpartition('.')[2] for key in options} == {
        'data_root',
        'ann_file',
        'bbox_file',
    }
    config = build_config(TINY, [options])
    stock = build_config(TINY, [])
    assert config.model == stock.model
    assert config.train_dataloader.dataset.ann_file == (
        stock.train_dataloader.dataset.ann_file
    )


def test_a_file_describes_data_in_place_of_the_suite(data, tmp_path):
    path = tmp_path / 'mine.py'
    path.write_text(f'data = dict(root={str(data)!r}, **{CROWDPOSE!r})')
    other = dict(train=dict(ann_file='no.json', img='no/'))
    assert read_dataset(path, other) == read_dataset(data, CROWDPOSE)


@pytest.mark.parametrize(
    ('described', 'message'),
    [
        (dict(CROWDPOSE, images='x'), "the suite: .*'images'.* It is a dict"),
        (dict(CROWDPOSE, val=dict(img='photos/')), "KeyError.*'ann_file'"),
    ],
)
def test_a_wrong_description_is_refused(data, described, message):
    with pytest.raises(ValueError, match=message):
        read_dataset(data, described)


def test_a_root_that_is_no_path_is_refused(tmp_path):
    path = tmp_path / 'mine.py'
    path.write_text('data = dict(root=5)')
    with pytest.raises(ValueError, match=r"'root': 5\} describes no data set"):
        read_dataset(path, {})


def test_a_class_that_mmpose_does_not_know_is_named(data):
    wrong = read_dataset(data, dict(CROWDPOSE, metainfo=None, type='CocoSet'))
    with pytest.raises(ValueError, match="type='CocoSet', which is no class"):
        wrong.check()


def remove(path: Path) -> None:
    path.unlink()


def write(text: str) -> object:
    return lambda path: path.write_text(text)


@pytest.mark.parametrize(
    ('file', 'change', 'error', 'message'),
    [
        ('a/val.json', remove, FileNotFoundError, 'is missing: .*synth FOLD'),
        (
            'photos/1.jpg',
            remove,
            FileNotFoundError,
            r'\. Name the folder',
        ),
        ('a/val.json', write('{'), ValueError, 'is no JSON file: Expecting'),
        ('a/val.json', write('{}'), ValueError, "no 'images'"),
    ],
)
def test_a_wrong_file_is_named_before_anything_is_written(
    data, tmp_path, file, change, error, message
):
    change(data / file)
    suite = tmp_path / 'suite.py'
    suite.write_text(
        f'data = {CROWDPOSE!r}\n'
        "experiments = [dict(name='x', config='mlpe_tiny_synthetic.py')]"
    )
    named = re.escape(str(data / file))
    with pytest.raises(error, match=f'{named}.*{message}'):
        compare(str(suite), data, tmp_path / 'out', say=pytest.fail)
    assert not (tmp_path / 'out').exists()


def test_a_file_of_boxes_has_to_be_there_if_it_is_named(data):
    for boxes in None, DETECTIONS:
        read_dataset(data, CROWDPOSE | dict(boxes=boxes)).check()
    wrong = read_dataset(data, CROWDPOSE | dict(boxes='my_detektions.json'))
    message = 'data/my_detektions.json is missing.* With boxes=None, the'
    with pytest.raises(FileNotFoundError, match=message):
        wrong.check()


def test_annotations_with_other_keypoints_are_named(data):
    path = data / 'a/train.json'
    content = json.loads(path.read_text())
    content['annotations'].append(person(7, 17))
    path.write_text(json.dumps(content))
    message = r'train\.json, annotation 7: .* 51 values .* of 14 keypoints'
    with pytest.raises(ValueError, match=message):
        read_dataset(data, CROWDPOSE).check()
