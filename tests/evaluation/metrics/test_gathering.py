import numpy as np
import pytest
import torch

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


def test_annotations_that_share_an_id_count_each(scenes, assert_equal):
    scenes.annotations.extend(scenes.annotations[::3])
    assert_equal(scenes)


def test_samples_of_mixed_types_are_left_to_the_stock_metric(
    scenes, assert_equal
):
    _each(scenes.samples[:1], lambda array: array.astype(np.float64))
    with pytest.raises(AssertionError, match='CocoMetric evaluates'):
        assert_equal(scenes)
    assert_equal(scenes, metric=FastCocoMetric)


def test_samples_of_which_some_have_boxes_are_too(scenes, assert_equal):
    # those of the first image have none, so that nobody's count
    for sample in scenes.samples:
        if sample['img_id'] == scenes.samples[0]['img_id']:
            del sample['pred_instances']['bboxes']
    with pytest.raises(AssertionError, match='CocoMetric evaluates'):
        assert_equal(scenes)
    assert_equal(scenes, metric=FastCocoMetric)
