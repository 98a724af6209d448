import numpy as np
import pytest
import torch
from mmpose.evaluation.metrics import CocoMetric

from mlpe_mmpose.evaluation.metrics import FastCocoMetric


def _each(samples: list, change) -> None:
    """Replace arrays of all samples' predictions by ``change`` of them."""
    for sample in samples:
        instances = sample['pred_instances']
        for key, array in instances.items():
            instances[key] = change(array)


def _by_image(samples: list) -> list:
    """Samples as of a bottom-up model: one an image, of several people."""
    images = {}
    for sample in samples:
        images.setdefault(sample['img_id'], []).append(sample)
    return [
        dict(
            id=[person['id'] for person in people],
            img_id=image_id,
            # of as many people as some images have predictions
            gt_instances=dict(bbox_scores=np.ones(5, dtype=np.float32)),
            pred_instances={
                key: np.concatenate(
                    [person['pred_instances'][key] for person in people]
                )
                for key in ('keypoints', 'keypoint_scores')
            },
        )
        for image_id, people in images.items()
    ]


@pytest.mark.parametrize('iou_type', ['keypoints', 'keypoints_crowd'])
def test_nobody_found_anywhere_is_evaluated(scenes, assert_equal, iou_type):
    _each(scenes.samples, lambda array: array[:0])
    figures = assert_equal(scenes, iou_type=iou_type)
    assert figures['coco/AP'] == 0


def test_samples_without_people_count_for_nothing(scenes, assert_equal):
    _each(scenes.samples[::2], lambda array: array[:0])
    assert_equal(scenes)


@pytest.mark.parametrize('iou_type', ['keypoints', 'keypoints_crowd'])
def test_without_annotations_there_is_nothing_to_find(
    scenes, assert_equal, iou_type
):
    scenes.annotations.clear()
    assert_equal(scenes, iou_type=iou_type)


def test_bottom_up_samples_hold_several_people(make_scenes, assert_equal):
    for score_mode, nms_mode in ('keypoint', 'none'), ('bbox', 'oks_nms'):
        scenes = make_scenes(1)
        scenes.samples = _by_image(scenes.samples)
        if score_mode == 'bbox':
            for sample in scenes.samples:
                del sample['gt_instances']['bbox_scores']
        assert_equal(scenes, score_mode=score_mode, nms_mode=nms_mode)


def test_without_boxes_areas_are_the_keypoints_extents(scenes, assert_equal):
    for sample in scenes.samples:
        del sample['pred_instances']['bboxes']
        del sample['gt_instances']['bbox_scales']
    assert_equal(scenes)


def test_double_precision_stays(scenes, assert_equal):
    _each(scenes.samples, lambda array: array.astype(np.float64))
    assert_equal(scenes)


def test_tensors_are_taken_as_arrays(scenes, assert_equal):
    _each(scenes.samples, torch.from_numpy)
    for sample in scenes.samples:
        sample['pred_instances']['bboxes'] = sample['pred_instances'][
            'bboxes'
        ].numpy()
    assert_equal(scenes)


def test_images_may_be_named_by_words(scenes, assert_equal):
    for image in scenes.images:
        image['id'] = f'image {image["id"]}'
    for item in scenes.annotations:
        item['image_id'] = f'image {item["image_id"]}'
    for sample in scenes.samples:
        sample['img_id'] = f'image {sample["img_id"]}'
    assert_equal(scenes)


def test_samples_may_be_of_mixed_types(scenes, assert_equal):
    _each(scenes.samples[:9], lambda array: array.astype(np.float64))
    assert_equal(scenes)


def test_if_the_first_sample_has_no_box_no_box_counts(scenes, assert_equal):
    for sample in scenes.samples:
        if sample['img_id'] == scenes.samples[0]['img_id']:
            del sample['pred_instances']['bboxes']
    assert_equal(scenes)


@pytest.fixture
def found(scenes):
    """The sample of the first image's first detection."""
    return scenes.samples[0]


@pytest.mark.parametrize('format_only', [True, False])
def test_a_keypoint_that_is_nan_is_refused_with_its_name(
    scenes, found, evaluate, tmp_path, format_only
):
    found['pred_instances']['keypoints'][0, 3, 1] = np.nan
    where = f'keypoint 3 .*id {found["id"]} in image {found["img_id"]}'
    prefix = tmp_path / 'results'
    with pytest.raises(ValueError, match=where):
        evaluate(
            FastCocoMetric,
            scenes,
            format_only=format_only,
            outfile_prefix=str(prefix),
        )
    assert not prefix.with_name('results.keypoints.json').exists()


def test_a_score_that_is_nan_is_refused_where_it_ranks_the_detection(
    scenes, found, evaluate, assert_equal
):
    found['pred_instances']['keypoint_scores'][0, 3] = np.nan
    # a score below the threshold does not count, nor does NaN
    assert_equal(scenes)
    with pytest.raises(ValueError, match=r'NaN for the score.*id'):
        evaluate(FastCocoMetric, scenes, score_mode='keypoint')


def test_a_detection_is_refused_whose_keypoints_all_have_nan_for_a_score(
    scenes, found, evaluate
):
    # as from a network with NaN for a weight; CocoMetric counts it as unsure
    found['pred_instances']['keypoint_scores'][:] = np.nan
    where = f'NaN for the score.* id {found["id"]} in image {found["img_id"]}'
    with pytest.raises(ValueError, match=where):
        evaluate(FastCocoMetric, scenes)


def test_the_stock_metric_takes_nan_for_a_perfect_detection(
    scenes, evaluate, build
):
    truth = next(a for a in scenes.annotations if not a['iscrowd'])
    truth.update(keypoints=[9, 9, 2] * 17, category_id=1, area=5000.0)
    scenes.annotations[:] = [truth]
    sample = dict(scenes.samples[0], img_id=truth['image_id'])
    instances = dict(sample['pred_instances'])
    instances['keypoints'] = np.full((1, 17, 2), np.nan, np.float32)
    instances['keypoint_scores'] = np.ones((1, 17), np.float32)
    scenes.samples = [dict(sample, category_id=1, pred_instances=instances)]
    assert evaluate(CocoMetric, scenes)['coco/AP'] == pytest.approx(1)
