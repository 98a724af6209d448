"""Evaluations with random options on random scenes, both metrics'."""

import numpy as np
import pytest
from test_fast_coco_metric import CONVERTER

OPTIONS = dict(
    iou_type=['keypoints', 'keypoints_crowd'],
    use_area=[True, False],
    score_mode=['bbox', 'bbox_keypoint', 'bbox_rle', 'keypoint'],
    keypoint_score_thr=[0.0, 0.2, 0.5],
    nms_mode=['oks_nms', 'oks_nms', 'soft_oks_nms', 'none'],
    nms_thr=[0.3, 0.9],
    gt_converter=[None, None, CONVERTER],
)


@pytest.mark.parametrize('seed', range(24))
def test_figures_equal_the_stock_ones_in_a_random_evaluation(
    make_scenes, assert_equal, seed
):
    rng = np.random.default_rng(seed)
    scenes = make_scenes(seed + 1000, num_images=rng.integers(1, 7))
    while not scenes.samples:
        scenes = make_scenes(int(rng.integers(10**6)), num_images=3)
    options = {
        key: values[rng.integers(len(values))]
        for key, values in OPTIONS.items()
    }
    options['pred_converter'] = options['gt_converter']
    if rng.random() < 0.3:
        options['ann_file'] = None
    if rng.random() < 0.2:
        for sample in scenes.samples:
            del sample['pred_instances']['bboxes']
    if rng.random() < 0.2:
        for sample in scenes.samples[::2]:
            instances = sample['pred_instances']
            sample['pred_instances'] = {k: v[:0] for k, v in instances.items()}
    assert_equal(scenes, **options)
