"""Annotations that lack fields: filled in as COCO's tools do, or refused."""

import copy
import json

import numpy as np
import pytest
from mmengine.evaluator import Evaluator
from mmengine.logging import MMLogger
from mmpose.datasets import CocoDataset
from mmpose.datasets.datasets.utils import parse_pose_metainfo
from mmpose.evaluation.metrics import CocoMetric
from test_fast_coco_metric import CONVERTER, IOU_TYPES

from mlpe_mmpose.evaluation.metrics import FastCocoMetric


@pytest.fixture(params=['annotations.json', None])
def ann_file(request, tmp_path):
    """Where annotations are read: from their file, or from the samples."""
    return request.param and dict(ann_file=str(tmp_path / request.param))


@pytest.fixture
def assert_filled_in(evaluate, ann_file):
    """Asserts that a change of annotations is mended as CocoMetric's are.

    ``(scenes, change, **options)``: ``change(annotation)`` spoils every third
    annotation, and gives the fields with which CocoMetric can read it.
    """

    def run(scenes, change, **options):
        options |= ann_file or dict(ann_file=None)
        complete = copy.deepcopy(scenes)
        spoiled, whole = scenes.annotations[::3], complete.annotations[::3]
        assert len(spoiled) > 5
        for annotation, other in zip(spoiled, whole, strict=True):
            other.update(change(annotation))
        expected = evaluate(CocoMetric, complete, **options)
        figures = evaluate(FastCocoMetric, scenes, **options)
        assert 0 < figures['coco/AP'] < 1
        assert figures == pytest.approx(expected, abs=1e-12)

    return run


def remove(annotation: dict, *fields: str) -> None:
    for field in fields:
        del annotation[field]


@pytest.mark.parametrize('iou_type', IOU_TYPES)
@pytest.mark.parametrize('given', [dict(), dict(keypoints=None)])
def test_an_annotation_without_keypoints_is_one_without_labels(
    scenes, assert_filled_in, iou_type, given
):
    def change(annotation):
        del annotation['keypoints']
        annotation.update(given)
        return dict(keypoints=[0] * 51, num_keypoints=0)

    assert_filled_in(scenes, change, iou_type=iou_type)


def test_it_is_if_the_keypoints_are_converted(scenes, assert_filled_in):
    def change(annotation):
        remove(annotation, 'keypoints', 'num_keypoints')
        return dict(keypoints=[0] * 51, num_keypoints=0)

    assert_filled_in(
        scenes, change, gt_converter=CONVERTER, pred_converter=CONVERTER
    )


def test_without_keypoints_anywhere_nothing_can_be_found(scenes, evaluate):
    for annotation in scenes.annotations:
        annotation['keypoints'] = []
    for options in (
        dict(),
        dict(gt_converter=CONVERTER, pred_converter=CONVERTER),
    ):
        figures = evaluate(FastCocoMetric, scenes, **options)
        assert set(figures.values()) == {-1}


def test_without_iscrowd_an_annotation_is_no_crowd(scenes, assert_filled_in):
    def change(annotation):
        del annotation['iscrowd']
        return dict(iscrowd=0)

    assert_filled_in(scenes, change)


@pytest.mark.parametrize('iou_type', IOU_TYPES)
def test_a_missing_area_is_the_share_of_the_box_that_xtcocotools_takes(
    scenes, assert_filled_in, iou_type
):
    def change(annotation):
        del annotation['area']
        return dict(area=annotation['bbox'][2] * annotation['bbox'][3] * 0.53)

    assert_filled_in(scenes, change, iou_type=iou_type)


def test_areas_are_not_missed_where_they_are_not_used(
    scenes, evaluate, assert_equal, caplog
):
    for annotation in scenes.annotations:
        del annotation['area']
    logger = MMLogger.get_current_instance()
    logger.addHandler(caplog.handler)
    assert_equal(scenes, use_area=False)
    assert 'lack' not in caplog.text
    evaluate(FastCocoMetric, scenes)
    logger.removeHandler(caplog.handler)
    number = len(scenes.annotations)
    assert f'annotations.json: of {number} annotations, 0 lack' in caplog.text
    assert f'{number} lack an area' in caplog.text


def test_a_missing_box_spans_the_labelled_keypoints(scenes, assert_filled_in):
    def change(annotation):
        remove(annotation, 'bbox', 'area')
        points = np.reshape(annotation['keypoints'], (-1, 3))
        points = points[points[:, 2] > 0, :2]
        if not len(points):
            return dict(bbox=[0] * 4, area=0.0)
        size = np.ptp(points, axis=0).tolist()
        return dict(
            bbox=points.min(axis=0).tolist() + size,
            area=size[0] * size[1] * 0.53,
        )

    assert_filled_in(scenes, change)


def test_crowdpose_counts_visible_keypoints_where_no_number_is_given(
    scenes, assert_filled_in
):
    def change(annotation):
        return dict(num_keypoints=annotation.pop('num_keypoints'))

    assert_filled_in(scenes, change, iou_type='keypoints_crowd')


def _start(build, scenes, **options) -> None:
    """Do with the metric what a runner does before it trains."""
    metric = build(FastCocoMetric, scenes, **options)
    metainfo = parse_pose_metainfo(CocoDataset.METAINFO)
    Evaluator([metric]).dataset_meta = metainfo


@pytest.mark.parametrize('field', ['id', 'image_id', 'category_id'])
def test_a_field_that_nothing_replaces_is_asked_for_before_training(
    scenes, build, field
):
    del scenes.annotations[4][field]
    entry = 'annotation 4'
    if field == 'id':
        entry = r'the annotation at position 4 \(from 0\)'
    with pytest.raises(
        ValueError, match=rf"annotations\.json, {entry}: '{field}' is missing"
    ):
        _start(build, scenes)


def test_the_crowd_index_is_asked_for_before_training(scenes, build):
    del scenes.images[2]['crowdIndex']
    _start(build, scenes)
    image = scenes.images[2]['id']
    with pytest.raises(
        ValueError, match=f"image {image}: 'crowdIndex' is missing"
    ):
        _start(build, scenes, iou_type='keypoints_crowd')


def test_a_list_that_is_missing_is_asked_for_before_training(
    scenes, build, tmp_path
):
    path = tmp_path / 'no_categories.json'
    annotations = scenes.annotations[:1]
    path.write_text(json.dumps(dict(images=[{}], annotations=annotations)))
    with pytest.raises(
        ValueError, match=r"no_categories\.json, the file has no 'categories'"
    ):
        _start(build, scenes, ann_file=str(path))


def test_another_number_of_keypoints_is_refused_before_training(scenes, build):
    scenes.annotations[5]['keypoints'] = [0] * 45
    with pytest.raises(
        ValueError, match=r'annotation 5: .* 45 values .* 17 keypoints'
    ):
        _start(build, scenes)
    with pytest.raises(ValueError, match=r'annotation 5: .* 45 values'):
        _start(build, scenes, gt_converter=CONVERTER)


def test_an_id_that_two_annotations_share_is_refused(scenes, build):
    # xtcocotools would count the last of them twice
    scenes.annotations.append(dict(scenes.annotations[3]))
    with pytest.raises(ValueError, match=r'annotation 3: 2 entries have this'):
        _start(build, scenes)


@pytest.mark.parametrize(
    ('field', 'value'),
    [
        ('area', np.nan),
        ('keypoints', [np.nan, 1, 2] * 17),
        ('bbox', [np.nan, 1, 2, 3]),
    ],
)
def test_nan_that_decides_a_match_is_refused_before_training(
    scenes, build, field, value
):
    scenes.annotations[5][field] = value
    with pytest.raises(ValueError, match=rf"annotation 5: '{field}' .*nan"):
        _start(build, scenes)


@pytest.mark.parametrize('value', [np.nan, None])
def test_a_position_that_is_not_labelled_is_not_read(
    scenes, evaluate, assert_equal, value
):
    expected = assert_equal(scenes)
    for annotation in scenes.annotations:
        points = annotation['keypoints']
        for k in range(17):
            if points[3 * k + 2] == 0:
                points[3 * k] = value
    assert evaluate(FastCocoMetric, scenes) == expected


def test_a_file_without_annotations_can_be_for_results_only(
    scenes, evaluate, tmp_path
):
    path = tmp_path / 'test-dev.json'
    path.write_text('{"images": [], "categories": []}')
    options = dict(ann_file=str(path), format_only=True)
    options['outfile_prefix'] = str(tmp_path / 'results')
    assert evaluate(FastCocoMetric, scenes, **options) == {}
