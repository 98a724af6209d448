"""Networks of any kind predict as many keypoints as the data have."""

from pathlib import Path

import mmpose
import pytest
import torch
from mmengine.config import Config
from mmpose.registry import MODELS

from mlpe_mmpose.tools.compare.costs import measure_costs
from mlpe_mmpose.tools.compare.dataset import DataSet
from mlpe_mmpose.tools.compare.fit_head import fit_head
from mlpe_mmpose.tools.compare.runs import plan_runs
from mlpe_mmpose.tools.compare.suite import Experiment, Suite, load_suite

KEYPOINTS = 14
DATA = DataSet('people', metainfo='configs/_base_/datasets/crowdpose.py')
STOCK = Path(mmpose.__file__).parent / '.mim/configs/body_2d_keypoint'


@pytest.mark.parametrize('name', ['tiny', 'gpu', 'ohkm', 'tiny_steps'])
def test_no_row_counts_more_keypoints_than_there_are(name, tmp_path):
    output = torch.rand(2, KEYPOINTS, 4, 4)
    found = set()
    for run in plan_runs(load_suite(name), DATA, tmp_path, seeds=1):
        loss = run.config.model.head.get('refine_loss')
        if loss:
            found.add(loss.get('topk'))
            loss = MODELS.build(loss)
            loss(output, torch.zeros_like(output), torch.ones(2, KEYPOINTS))
    # the rows without OHKM, in which all count
    assert KEYPOINTS in found


def test_mmpose_s_own_loss_counts_eight_keypoints_or_all():
    head = dict(type='MSPNHead', out_channels=17, loss=[])
    for _ in range(2):
        head['loss'].append(dict(type='KeypointOHKMMSELoss'))
    for number, topk in (14, None), (8, None), (5, 5):
        config = Config(dict(model=dict(head=head)))
        fit_head(config, number)
        for loss in config.model.head.loss:
            assert loss.get('topk') == topk


@pytest.mark.parametrize(
    'path',
    [
        'topdown_regression/coco/td-reg_res50_8xb64-210e_coco-256x192.py',
        'integral_regression/coco/ipr_res50_8xb64-210e_coco-256x256.py',
        # a codec for each level
        'topdown_heatmap/coco/td-hm_mspn50_8xb32-210e_coco-256x192.py',
    ],
)
def test_a_stock_config_gets_the_keypoints_and_works(path, tmp_path):
    suite = Suite({}, (Experiment('stock', str(STOCK / path)),))
    (run,) = plan_runs(suite, DATA, tmp_path, seeds=1)
    head = run.config.model.head
    assert KEYPOINTS in (head.get('num_joints'), head.get('out_channels'))
    # it builds the model, and runs it
    assert measure_costs(run).parameters > 1


def test_a_head_without_a_number_of_keypoints_is_named(tmp_path):
    options = {'model.head': dict(_delete_=True, type='VisPredictHead')}
    row = Experiment('x', 'mlpe_tiny_synthetic.py', options=options)
    (run,) = plan_runs(Suite({}, (row,)), DATA, tmp_path, seeds=1)
    message = "'x' .*: the data have 14 keypoints, but .* VisPredictHead takes"
    with pytest.raises(ValueError, match=message):
        _ = run.config
