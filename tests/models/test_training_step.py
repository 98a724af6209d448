"""A training step is one graph, and makes the host wait for nothing."""

import copy
from pathlib import Path

import numpy as np
import pytest
import torch
from mmengine.config import Config
from mmengine.dataset import pseudo_collate
from mmengine.optim import OptimWrapper
from mmengine.utils import digit_version
from mmpose.models import build_pose_estimator
from torch._dynamo.utils import counters

from mlpe_mmpose.codecs import MLPEHeatmap

CONFIG = Path(__file__).parents[2] / 'configs/mlpe_tiny_synthetic.py'
CODEC = dict(input_size=(96, 128), heatmap_size=(24, 32))


@pytest.fixture(scope='module')
def config() -> Config:
    """The tiny config, narrowed."""
    config = Config.fromfile(CONFIG)
    config.model.backbone.base_channels = 8
    config.model.neck.update(in_channels=(8, 16, 32, 64), out_channels=8)
    config.model.head.in_channels = 8
    return config


@pytest.fixture(scope='module')
def kept_batches(coco_dataset, config) -> list[dict]:
    """Two batches of its real pipeline."""
    flags = np.random.default_rng(0).integers(0, 3, (6, 17))
    flags[:, 0] = 2
    dataset = coco_dataset(flags, config.train_pipeline)
    return [
        pseudo_collate([dataset[i] for i in group])
        for group in ([0, 1, 2], [3, 4, 5])
    ]


@pytest.fixture
def model_and_batches(config, kept_batches):
    """Its model, and the batches, whose labels a step moves."""
    model = build_pose_estimator(config.model).train()
    return model, copy.deepcopy(kept_batches)


# what makes the host wait for a value of the device, by its name
READS = dict(
    tolist=lambda loss: loss.tolist(),
    item=lambda loss: loss.item(),
    cpu=lambda loss: loss.cpu(),
    numpy=lambda loss: loss.numpy(),
    bool=lambda loss: bool(loss > 0),
    float=lambda loss: float(loss),
    nonzero=lambda loss: loss.nonzero(),
    mask=lambda loss: loss[loss > 0],
    copy=lambda loss: torch.zeros(()).copy_(loss),
)


def step_without_values(model, batch: dict) -> dict:
    """A training step on a device whose tensors have shapes but no values.

    Whatever the host would have to wait for raises there.
    """
    model.to('meta')
    # Adam reads its own counters, which are on the host
    optimizer = OptimWrapper(torch.optim.SGD(model.parameters(), lr=1e-3))
    return model.train_step(batch, optimizer)


@pytest.mark.parametrize('recording', [False, True])
@pytest.mark.parametrize('unbiased', [False, True])
def test_a_step_reads_no_value_back(model_and_batches, unbiased, recording):
    model, batches = model_and_batches
    head = model.head
    head.decoder = MLPEHeatmap(
        kernel_sizes=head.decoder.kernel_sizes, unbiased=unbiased, **CODEC
    )
    # as OHKMPickHook asks for
    head.refine_loss.recording = recording
    logged = step_without_values(model, batches[0])
    assert logged['loss'].is_meta
    assert len(logged) == 7


@pytest.mark.parametrize('read', READS)
def test_a_step_that_reads_a_value_would_not_pass(model_and_batches, read):
    model, batches = model_and_batches
    loss = model.head.refine_loss
    loss.register_forward_hook(lambda *args: READS[read](args[-1].detach()))
    with pytest.raises((RuntimeError, TypeError)):
        step_without_values(model, batches[0])


@pytest.mark.skipif(
    digit_version(torch.__version__) < digit_version('2.6.0'),
    reason='such a PyTorch compiles in pieces',
)
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
