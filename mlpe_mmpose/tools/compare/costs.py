"""Measures what a model costs: parameters, operations, time."""

import contextlib
import copy
from dataclasses import dataclass

import torch
from mmengine.registry import init_default_scope
from mmpose.models import build_pose_estimator
from torch.utils import benchmark
from torch.utils.flop_counter import FlopCounterMode

from ..machine import describe_machine
from .config_parts import sees_whole_images
from .runs import Run

SECONDS = 2  # of measurement, our choice


@dataclass(frozen=True)
class Costs:
    """The costs of a network for one person, without flip test.

    Args:
        parameters (float): Millions of parameters, backbone included
        gflops (float): 10^9 operations; a multiply-add counts as 2
        milliseconds (float): Median time in float32
        machine (str): Where the time was measured
    """

    parameters: float
    gflops: float
    milliseconds: float
    machine: str


def measure_costs(run: Run) -> Costs | None:
    """Measure the model of a run, with random weights.

    Args:
        run (Run): Any run of the experiment

    Returns:
        Costs | None: ``None`` for a network that sees whole images, whose
        costs are not those of a person.

    Raises:
        ValueError: If the model cannot be built or run; the message has the
            cause.
    """
    if sees_whole_images(run.config):
        return None
    config = copy.deepcopy(run.config)
    config.model.backbone.init_cfg = None
    device = 'cuda' if torch.cuda.is_available() else 'cpu'
    try:
        init_default_scope('mmpose')
        model = build_pose_estimator(config.model).eval().to(device)
        codec = config.codec
        # a config may have one for each level, all of one input size
        codec = codec[-1] if isinstance(codec, list) else codec
        return _measure(model, codec.input_size, device)
    except Exception as error:  # a wrong config can raise any error
        raise ValueError(
            f'the model of experiment {run.experiment.name!r} '
            f'({run.experiment.path}) does not work: '
            f'{type(error).__name__}: {error}'
        ) from error


def _plain_attention() -> contextlib.AbstractContextManager:
    """Compute attention by matrix products.

    PyTorch's counter knows these, but no fused attention of a CPU.
    """
    try:
        from torch.nn.attention import SDPBackend, sdpa_kernel
    except ImportError:  # PyTorch before 2.3
        return contextlib.nullcontext()
    return sdpa_kernel(SDPBackend.MATH)


@torch.no_grad()
def _measure(
    model: torch.nn.Module, input_size: tuple[int, int], device: str
) -> Costs:
    """Measure a model on one image of ``input_size`` (w, h)."""
    width, height = input_size
    image = torch.zeros(1, 3, height, width, device=device)
    with _plain_attention(), FlopCounterMode(display=False) as counter:
        model(image, None, mode='tensor')
    timer = benchmark.Timer(
        "model(image, None, mode='tensor')",
        globals=dict(model=model, image=image),
        num_threads=torch.get_num_threads(),
    )
    # it warms up, and waits for a GPU
    seconds = timer.blocked_autorange(min_run_time=SECONDS).median
    return Costs(
        sum(p.numel() for p in model.parameters()) / 1e6,
        counter.get_total_flops() / 1e9,
        seconds * 1e3,
        describe_machine(device),
    )
