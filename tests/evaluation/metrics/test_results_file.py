import json

import numpy as np
import pytest
from mmpose.evaluation.metrics import CocoMetric

from mlpe_mmpose.evaluation.metrics import FastCocoMetric


@pytest.fixture
def results(tmp_path, evaluate):
    """Both metrics' files: ``results(scenes, name, **options)``."""

    def run(scenes, name='keypoints', **options):
        texts = []
        for metric in CocoMetric, FastCocoMetric:
            # a folder that is not there yet
            prefix = tmp_path / metric.__name__ / 'results'
            evaluate(metric, scenes, outfile_prefix=str(prefix), **options)
            texts.append((prefix.parent / f'results.{name}.json').read_text())
        return texts

    return run


@pytest.mark.parametrize('nms_mode', ['oks_nms', 'soft_oks_nms', 'none'])
def test_the_file_equals_the_stock_one_to_the_byte(scenes, results, nms_mode):
    stock, fast = results(scenes, nms_mode=nms_mode)
    assert len(json.loads(fast)) > 30
    assert fast == stock


@pytest.mark.parametrize(
    'score_mode', ['bbox', 'bbox_keypoint', 'bbox_rle', 'keypoint']
)
def test_scores_are_equal_to_the_last_bit(make_scenes, results, score_mode):
    scenes = make_scenes(7)
    rng = np.random.default_rng(0)
    for sample in scenes.samples:
        instances = sample['pred_instances']
        shape = instances['keypoint_scores'].shape
        # some at the threshold: as a single it is above 0.2, the double
        scores = rng.choice([0.1, 0.2, *rng.random(9)], shape)
        instances['keypoint_scores'] = scores.astype(np.float32)
    stock, fast = results(scenes, score_mode=score_mode, format_only=True)
    assert fast == stock


def test_it_has_no_boxes_where_there_are_none(scenes, results):
    for sample in scenes.samples:
        del sample['pred_instances']['bboxes']
    stock, fast = results(scenes)
    assert 'bbox' not in fast
    assert fast == stock


def test_words_and_infinity_are_written_alike(scenes, results):
    for sample in scenes.samples:
        sample['img_id'] = f'image "{sample["img_id"]}"'
        sample['category_id'] = np.int64(1)
        sample['pred_instances']['keypoints'][0, 0] = np.inf
    stock, fast = results(scenes, format_only=True, nms_mode='none')
    assert 'Infinity' in fast
    assert fast == stock


def test_nobody_found_is_an_empty_list(scenes, results):
    for sample in scenes.samples:
        instances = sample['pred_instances']
        sample['pred_instances'] = {k: v[:0] for k, v in instances.items()}
    stock, fast = results(scenes)
    assert fast == stock == '[]'


@pytest.mark.parametrize('iou_type', ['keypoints', 'keypoints_crowd'])
def test_the_samples_annotations_are_written_as_the_stock_ones(
    scenes, results, iou_type
):
    stock, fast = (
        json.loads(text)
        for text in results(
            scenes, 'gt', ann_file=None, iou_type=iou_type, use_area=False
        )
    )
    assert fast.pop('info').keys() == stock.pop('info').keys()
    assert fast == stock


def test_format_only_gives_no_figures(scenes, evaluate, tmp_path):
    options = dict(format_only=True, outfile_prefix=str(tmp_path / 'results'))
    assert evaluate(FastCocoMetric, scenes, **options) == {}


def test_without_a_prefix_no_file_is_written(
    scenes, evaluate, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    evaluate(FastCocoMetric, scenes, ann_file=None)
    assert {p.name for p in tmp_path.iterdir()} == {'annotations.json'}
