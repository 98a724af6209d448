"""Several metrics of one run, and MMPose's evaluator of several data sets."""

import copy
import json
from pathlib import Path

import pytest
from mmengine.evaluator import Evaluator
from mmpose.datasets import CocoDataset
from mmpose.datasets.datasets.utils import parse_pose_metainfo
from mmpose.evaluation.metrics import CocoMetric
from mmpose.registry import EVALUATORS
from test_fast_coco_metric import CONVERTER

from mlpe_mmpose.evaluation.metrics import FastCocoMetric

META = parse_pose_metainfo(CocoDataset.METAINFO)
# AI Challenger's fourteen keypoints as the first of COCO's
AIC_CONVERTER = dict(num_keypoints=17, mapping=[(k, k) for k in range(14)])


def write(scenes, path: Path, num_keypoints: int = 17) -> str:
    """Write the annotations, with their first keypoints only."""
    content = copy.deepcopy(scenes.dataset)
    for annotation in content['annotations']:
        del annotation['keypoints'][3 * num_keypoints :]
    path.write_text(json.dumps(content))
    return str(path)


def test_metrics_with_converters_stand_beside_others(
    scenes, evaluate, tmp_path
):
    ann_file = write(scenes, tmp_path / 'scenes.json')
    converters = dict(gt_converter=CONVERTER, pred_converter=CONVERTER)
    metrics = dict(converted=converters, again=converters, plain={})
    evaluator = Evaluator(
        [
            FastCocoMetric(ann_file, prefix=prefix, **options)
            for prefix, options in metrics.items()
        ]
    )
    evaluator.dataset_meta = META
    evaluator.process(scenes.samples)
    figures = evaluator.evaluate(len(scenes.samples))
    for prefix, options in metrics.items():
        alone = evaluate(CocoMetric, scenes, prefix=prefix, **options)
        found = {k: v for k, v in figures.items() if k.startswith(prefix)}
        assert found == pytest.approx(alone, abs=1e-12)


def test_figures_of_two_data_sets_equal_the_stock_ones(scenes, tmp_path):
    coco = write(scenes, tmp_path / 'coco.json')
    aic = write(scenes, tmp_path / 'aic.json', 14)
    for number, sample in enumerate(scenes.samples):
        sample['dataset_name'] = ('coco', 'aic')[number % 2]
    batch = dict(inputs=scenes.samples, data_samples=scenes.samples)
    figures = []
    for metric in 'CocoMetric', 'FastCocoMetric':
        converted = dict(prefix='aic', gt_converter=AIC_CONVERTER)
        evaluator = EVALUATORS.build(
            dict(
                type='MultiDatasetEvaluator',
                metrics=[
                    dict(type=metric, ann_file=coco),
                    dict(type=metric, ann_file=aic, **converted),
                ],
                datasets=[dict(type='CocoDataset'), dict(type='AicDataset')],
            )
        )
        evaluator.dataset_meta = META
        evaluator.process(copy.deepcopy(scenes.samples), batch)
        figures.append(evaluator.evaluate(len(scenes.samples)))
    stock, fast = figures
    assert list(fast) == list(stock)
    assert fast == pytest.approx(stock, abs=1e-12)
    assert 0 < fast['aic/AP'] < 1
