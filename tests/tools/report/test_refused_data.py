"""A data set that the report cannot diagnose is refused before the test."""

from pathlib import Path

import pytest
from mmengine.config import Config

from mlpe_mmpose.tools.report.write_report import write_report
from mlpe_mmpose.tools.synth.generator import generate_dataset

TINY = Path(__file__).parents[3] / 'configs/mlpe_tiny_synthetic.py'


@pytest.mark.parametrize(
    ('dataset', 'content', 'message'),
    [
        # 17 keypoints in the field, where COCO-WholeBody has 133
        ('CocoWholeBodyDataset', None, r'51 values .* 133 keypoints'),
        ('MpiiDataset', '[{"joints": []}]', "no 'images'. COCO's format"),
    ],
)
def test_annotations_of_another_kind_are_refused_before_the_test(
    tmp_path, dataset, content, message
):
    generate_dataset(tmp_path, 1, 1, seed=0)
    truth = tmp_path / 'annotations/person_keypoints_val2017.json'
    if content:
        truth.write_text(content)
    (tmp_path / 'weights.pth').touch()
    options = {
        'test_dataloader.dataset.type': dataset,
        'test_dataloader.dataset.data_root': str(tmp_path),
    }
    said = []
    with pytest.raises(ValueError, match=message):
        write_report(
            TINY,
            tmp_path / 'weights.pth',
            tmp_path / 'page.html',
            options,
            say=said.append,
        )
    assert said == []
    assert not (tmp_path / 'page.html').exists()


@pytest.fixture
def config(tmp_path) -> Config:
    """The tiny config, on generated people."""
    generate_dataset(tmp_path, 1, 1, seed=0)
    config = Config.fromfile(TINY)
    config.test_dataloader.dataset.data_root = str(tmp_path)
    return config


def report(config: Config, folder: Path) -> None:
    """Write a report of a changed config."""
    config.dump(folder / 'changed.py')
    (folder / 'weights.pth').touch()
    write_report(
        folder / 'changed.py', folder / 'weights.pth', folder / 'page.html'
    )


@pytest.mark.parametrize('joined', ['CombinedDataset', 'ConcatDataset'])
def test_data_sets_that_are_tested_together_are_refused(
    config, tmp_path, joined
):
    dataset = config.test_dataloader.dataset
    config.test_dataloader.dataset = dict(type=joined, datasets=[dataset])
    if joined == 'CombinedDataset':
        metainfo = dict(from_file='configs/_base_/datasets/coco.py')
        config.test_dataloader.dataset.metainfo = metainfo
    with pytest.raises(ValueError, match=f'is a {joined} without an ann_file'):
        report(config, tmp_path)


def test_an_evaluator_of_several_data_sets_is_refused_by_its_name(
    config, tmp_path
):
    metric = config.test_evaluator
    config.test_evaluator = dict(
        type='MultiDatasetEvaluator',
        metrics=[metric],
        datasets=[dict(type='CocoDataset')],
    )
    with pytest.raises(ValueError, match=r"has \['MultiDatasetEvaluator'\]"):
        report(config, tmp_path)


@pytest.mark.parametrize(
    ('key', 'message'),
    [
        ('test_dataloader', r'changed\.py has no test_dataloader'),
        ('test_evaluator', r'changed\.py needs a CocoMetric.* it has \[\]'),
    ],
)
def test_a_config_without_a_test_is_refused_by_its_name(
    config, tmp_path, key, message
):
    config[key] = None
    with pytest.raises(ValueError, match=message):
        report(config, tmp_path)


def test_a_damaged_file_of_picks_is_named_before_the_test(config, tmp_path):
    (tmp_path / 'ohkm_picks.json').write_text('{"epochs": [')
    with pytest.raises(ValueError, match=r'ohkm_picks\.json is no JSON file'):
        report(config, tmp_path)


def test_a_missing_file_of_boxes_is_named_before_the_test(config, tmp_path):
    config.test_dataloader.dataset.bbox_file = 'none.json'
    with pytest.raises(FileNotFoundError, match=r'none\.json is missing: set'):
        report(config, tmp_path)
