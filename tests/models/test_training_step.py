"""A training step is one graph, and makes the host wait for nothing."""

from pathlib import Path

import numpy as np
import pytest
import torch
from mmengine.config import Config
from mmengine.dataset import pseudo_collate
from mmengine.optim import OptimWrapper
from mmpose.models import build_pose_estimator
from torch._dynamo.utils import counters
from torch.utils._python_dispatch import TorchDispatchMode

CONFIG = Path(__file__).parents[2] / 'configs/mlpe_tiny_synthetic.py'


@pytest.fixture
def model_and_batches(coco_dataset):
    """The tiny model, narrowed, and two batches of its real pipeline."""
    config = Config.fromfile(CONFIG)
    config.model.backbone.base_channels = 8
    config.model.neck.update(in_channels=(8, 16, 32, 64), out_channels=8)
    config.model.head.in_channels = 8
    flags = np.random.default_rng(0).integers(0, 3, (6, 17))
    flags[:, 0] = 2
    dataset = coco_dataset(flags, config.train_pipeline)
    batches = [
        pseudo_collate([dataset[i] for i in group])
        for group in ([0, 1, 2], [3, 4, 5])
    ]
    return build_pose_estimator(config.model).train(), batches


class Reads(TorchDispatchMode):
    """Collects operators whose result the host needs before it goes on."""

    WAIT = (
        torch.ops.aten._local_scalar_dense,
        torch.ops.aten.nonzero,
        torch.ops.aten.masked_select,
        torch.ops.aten.equal,
        torch.ops.aten._unique2,
    )

    def __init__(self) -> None:
        super().__init__()
        self.found = []

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        if func.overloadpacket in self.WAIT:
            self.found.append(str(func))
        return func(*args, **(kwargs or {}))


def test_a_step_reads_no_value_back(model_and_batches):
    model, batches = model_and_batches
    # Adam reads its own counters, which are on the host
    optimizer = OptimWrapper(torch.optim.SGD(model.parameters(), lr=1e-3))
    with Reads() as reads:
        logged = model.train_step(batches[0], optimizer)
    assert reads.found == []
    with Reads() as reads:
        logged['loss'].item()
    assert len(reads.found) == 1


def test_the_loss_compiles_to_one_graph_for_all_batches(model_and_batches):
    model, batches = model_and_batches
    prepared = [model.data_preprocessor(b, True) for b in batches]
    eager = model.loss(**prepared[1])

    torch._dynamo.reset()
    counters.clear()
    compiled = torch.compile(model.loss, backend='eager', fullgraph=True)
    compiled(**prepared[0])
    losses = compiled(**prepared[1])
    assert counters['stats']['unique_graphs'] == 1
    for name, value in eager.items():
        torch.testing.assert_close(losses[name], value)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason='needs a GPU')
@pytest.mark.parametrize('dtype', [None, torch.bfloat16])
def test_a_step_does_not_wait_for_the_gpu(model_and_batches, dtype):
    model, batches = model_and_batches
    model.cuda()
    optimizer = OptimWrapper(torch.optim.Adam(model.parameters(), lr=1e-3))

    def step(batch: dict) -> dict:
        with torch.autocast('cuda', dtype, enabled=dtype is not None):
            return model.train_step(batch, optimizer)

    step(batches[0])  # allocates, chooses kernels, copies the codec's tables
    torch.cuda.set_sync_debug_mode('error')
    try:
        logged = step(batches[1])
    finally:
        torch.cuda.set_sync_debug_mode('default')
    assert logged['loss'].isfinite()
