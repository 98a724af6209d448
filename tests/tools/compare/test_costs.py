"""The operations of a network are those of all its parts."""

import pytest
import torch
from mmpose.models import build_pose_estimator
from torch import nn

from mlpe_mmpose.tools.compare.costs import measure_costs
from mlpe_mmpose.tools.compare.dataset import DataSet
from mlpe_mmpose.tools.compare.runs import plan_runs
from mlpe_mmpose.tools.compare.suite import load_suite

# before, its fused attention of a CPU had another name
pytest.importorskip('torch.nn.attention')


def test_attention_is_counted_on_a_cpu(tmp_path):
    runs = plan_runs(load_suite('lspet'), DataSet('people'), tmp_path, 1)
    (run,) = [r for r in runs if r.experiment.name == 'vitpose_like']
    operations = []

    def count(module, inputs, output):
        # each weight is multiplied once for each token, or place of a map
        if isinstance(module, nn.Linear):
            places = output[0, ..., 0]
        elif isinstance(module, nn.ConvTranspose2d):
            places = inputs[0][0, 0]
        else:
            places = output[0, 0]
        operations.append(2 * module.weight.numel() * places.numel())

    model = build_pose_estimator(run.config.model).eval()
    for module in model.modules():
        if isinstance(module, (nn.Linear, nn.Conv2d, nn.ConvTranspose2d)):
            module.register_forward_hook(count)
    with torch.no_grad():
        model(torch.zeros(1, 3, 128, 128), None, mode='tensor')
    arch = run.config.model.backbone.arch
    # 8x8 tokens; keys by queries, and weights by values
    attention = 2 * 2 * 64**2 * arch.embed_dims * arch.num_layers
    wanted = (sum(operations) + attention) / 1e9
    assert measure_costs(run).gflops == pytest.approx(wanted)
