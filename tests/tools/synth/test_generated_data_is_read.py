"""COCO's tools and MMPose read the generated data."""

import contextlib
import io
import json

import numpy as np
import pytest
from mmpose.datasets import CocoDataset
from mmpose.evaluation.metrics import CocoMetric

VAL = 'annotations/person_keypoints_val2017.json'
TRAIN = 'annotations/person_keypoints_train2017.json'
DETECTIONS = 'person_detection_results/synthetic_val_detections.json'
COCO_SIGMAS = [
    *(0.026, 0.025, 0.025, 0.035, 0.035, 0.079, 0.079, 0.072, 0.072),
    *(0.062, 0.062, 0.107, 0.107, 0.087, 0.087, 0.089, 0.089),
]


def _load(path):
    return json.loads(path.read_text())


def test_pycocotools_and_xtcocotools_load_it(data):
    for package in ('pycocotools', 'xtcocotools'):
        coco_class = pytest.importorskip(f'{package}.coco').COCO
        with contextlib.redirect_stdout(io.StringIO()):
            coco = coco_class(str(data / VAL))
            results = coco.loadRes(str(data / DETECTIONS))
        assert len(coco.getImgIds()) == 30
        assert set(results.getImgIds()) == set(coco.getImgIds())
        for annotation in coco.loadAnns(coco.getAnnIds()):
            assert coco.annToMask(annotation).sum() == annotation['area']


def test_ground_truth_as_prediction_has_an_ap_of_one(data):
    metric = CocoMetric(ann_file=str(data / VAL))
    metric.dataset_meta = {
        'dataset_name': 'coco',
        'num_keypoints': 17,
        'sigmas': np.array(COCO_SIGMAS),
    }
    for annotation in _load(data / VAL)['annotations']:
        if annotation['iscrowd']:
            continue
        keypoints = np.array(annotation['keypoints'], float).reshape(1, 17, 3)
        instances = {
            'keypoints': keypoints[..., :2],
            'keypoint_scores': np.ones((1, 17)),
        }
        truth = {
            'bbox_scores': np.ones(1),
            'bbox_scales': np.array([annotation['bbox'][2:]]),
        }
        sample = {
            'id': annotation['id'],
            'img_id': annotation['image_id'],
            'pred_instances': instances,
            'gt_instances': truth,
        }
        metric.process([], [sample])
    with contextlib.redirect_stdout(io.StringIO()):
        scores = metric.evaluate(size=len(metric.results))
    for name in ('AP', 'AP .5', 'AP .75', 'AP (M)', 'AP (L)'):
        assert scores[f'coco/{name}'] == pytest.approx(1.0), name


def test_mmpose_reads_the_people_and_the_detections(data):
    with contextlib.redirect_stdout(io.StringIO()):
        train = CocoDataset(
            ann_file=TRAIN,
            data_root=str(data),
            data_prefix={'img': 'train2017/'},
        )
        detected = CocoDataset(
            ann_file=VAL,
            bbox_file=str(data / DETECTIONS),
            data_root=str(data),
            data_prefix={'img': 'val2017/'},
            test_mode=True,
        )
    labelled = [
        a for a in _load(data / TRAIN)['annotations'] if a['num_keypoints']
    ]
    assert len(train) == len(labelled)
    assert len(detected) == len(_load(data / DETECTIONS))
