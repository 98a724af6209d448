import sys

import pytest
from mmengine.logging import MMLogger
from mmpose.evaluation.metrics import CocoMetric
from mmpose.registry import METRICS

from mlpe_mmpose.evaluation.metrics import FastCocoMetric, fast_coco_metric

IOU_TYPES = ['keypoints', 'keypoints_crowd']
# COCO's keypoints without its ears, in another order
CONVERTER = dict(
    num_keypoints=15,
    mapping=[(k, 14 - i) for i, k in enumerate([0, 1, 2, *range(5, 17)])],
)


@pytest.mark.parametrize('iou_type', IOU_TYPES)
@pytest.mark.parametrize('use_area', [True, False])
def test_figures_equal_the_stock_ones(
    make_scenes, assert_equal, iou_type, use_area
):
    for seed in range(3):
        figures = assert_equal(
            make_scenes(seed), iou_type=iou_type, use_area=use_area
        )
        assert 0 < figures['coco/AP'] < 1


@pytest.mark.parametrize('iou_type', IOU_TYPES)
def test_they_do_with_the_samples_annotations_too(
    make_scenes, assert_equal, iou_type
):
    for use_area in (True, False):
        assert_equal(
            make_scenes(3),
            ann_file=None,
            iou_type=iou_type,
            use_area=use_area,
        )


@pytest.mark.parametrize('nms_mode', ['oks_nms', 'soft_oks_nms', 'none'])
@pytest.mark.parametrize(
    'score_mode', ['bbox', 'bbox_keypoint', 'bbox_rle', 'keypoint']
)
def test_they_do_in_every_mode_of_scores_and_suppression(
    scenes, assert_equal, score_mode, nms_mode
):
    assert_equal(scenes, score_mode=score_mode, nms_mode=nms_mode, nms_thr=0.5)


@pytest.mark.parametrize('iou_type', IOU_TYPES)
def test_they_do_with_converters(scenes, assert_equal, iou_type):
    for options in (
        dict(pred_converter=CONVERTER, gt_converter=CONVERTER),
        dict(pred_converter=CONVERTER, gt_converter=CONVERTER, ann_file=None),
    ):
        assert_equal(scenes, iou_type=iou_type, **options)


@pytest.mark.parametrize('iou_type', IOU_TYPES)
@pytest.mark.parametrize('converter', [None, CONVERTER])
def test_a_second_evaluation_gives_the_same_figures(
    scenes, build, iou_type, converter
):
    metric = build(
        FastCocoMetric,
        scenes,
        iou_type=iou_type,
        pred_converter=converter,
        gt_converter=converter,
        ann_file=None,
    )
    figures = []
    for _ in range(2):
        metric.process({}, scenes.samples)
        figures.append(metric.evaluate(len(scenes.samples)))
    assert figures[0] == figures[1]


def test_samples_that_fill_the_last_batch_of_a_rank_do_not_count(
    scenes, evaluate, assert_equal
):
    expected = evaluate(FastCocoMetric, scenes)
    # as collect_results joins them: in turns, and some again
    scenes.samples += scenes.samples[:7]
    assert assert_equal(scenes) == expected


def test_a_config_builds_it_by_its_name_with_its_prefix(scenes, evaluate):
    def metric(**options):
        return METRICS.build(
            dict(type='FastCocoMetric', prefix='horses', **options)
        )

    assert next(iter(evaluate(metric, scenes))) == 'horses/AP'


def test_without_faster_coco_eval_it_says_so_once_and_evaluates(
    scenes, evaluate, assert_equal, monkeypatch, caplog
):
    monkeypatch.setitem(sys.modules, 'faster_coco_eval', None)
    fast_coco_metric._cpp_evaluation.cache_clear()
    logger = MMLogger.get_current_instance()
    logger.addHandler(caplog.handler)
    try:
        assert_equal(scenes, metric=FastCocoMetric)
        evaluate(FastCocoMetric, scenes)
    finally:
        logger.removeHandler(caplog.handler)
        fast_coco_metric._cpp_evaluation.cache_clear()
    assert caplog.text.count("pip install 'mlpe_mmpose[eval]'") == 1


def test_without_any_result_it_says_where_to_look(scenes, build):
    with pytest.raises(ValueError, match=r'FastCocoMetric.*data loader'):
        build(FastCocoMetric, scenes).compute_metrics([])


@pytest.mark.parametrize('metric', [CocoMetric, FastCocoMetric])
def test_an_image_that_is_not_annotated_is_refused(scenes, evaluate, metric):
    scenes.samples[0]['img_id'] = 4711
    with pytest.raises(AssertionError, match='current coco set'):
        evaluate(metric, scenes)


@pytest.mark.parametrize(
    ('option', 'message'),
    [
        ('pred_converter', 'got 15 keypoints.*data set has 17'),
        ('gt_converter', 'got 17 keypoints.*data set has 15'),
    ],
)
def test_keypoints_that_do_not_fit_the_data_set_are_refused(
    scenes, evaluate, option, message
):
    with pytest.raises(ValueError, match=message):
        evaluate(FastCocoMetric, scenes, **{option: CONVERTER})
