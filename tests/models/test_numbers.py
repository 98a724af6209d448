"""Losses stay finite in low precision, and gradients are right in float64."""

import pytest
import torch
from mmengine.model import BaseModel
from mmengine.structures import InstanceData
from mmpose.registry import MODELS
from mmpose.structures import PoseDataSample
from torch import nn
from torch.autograd import gradcheck
from torch.func import functional_call

from mlpe_mmpose.codecs import MLPEHeatmap
from mlpe_mmpose.models import MLPEHead, MLPENeck, MLPEOHKMLoss

CODEC = dict(
    type='MLPEHeatmap',
    input_size=(64, 80),
    heatmap_size=(16, 20),
    kernel_sizes=(9, 7, 5, 3),
)
STRIDES = (1, 2, 4, 8)


class SmallPose(BaseModel):
    """Four convolutions, MLPE's neck and MLPE's head."""

    def __init__(self, num_keypoints: int) -> None:
        super().__init__()
        self.stages = nn.ModuleList(
            nn.Conv2d(3, 8, 3, stride=4 * stride, padding=1)
            for stride in STRIDES
        )
        self.neck = MLPENeck((8,) * 4, 8)
        self.head = MLPEHead(8, out_channels=num_keypoints, decoder=CODEC)

    def forward(self, inputs, data_samples, mode='loss'):
        feats = tuple(stage(inputs) for stage in self.stages)
        return self.head.loss(self.neck(feats), data_samples)


# what is special about a batch: its persons, and their flags of COCO
BATCHES = dict(
    usual=(4, (0, 1, 2)),
    unlabelled=(4, (0,)),
    occluded=(4, (1,)),
    one_person=(1, (0, 1, 2)),
    one_person_unlabelled=(1, (0,)),
)


def make_batch(
    name: str, num_keypoints: int, generator: torch.Generator
) -> dict:
    """A batch whose labels the codec has encoded."""
    codec = MLPEHeatmap(**{k: v for k, v in CODEC.items() if k != 'type'})
    persons, flags = BATCHES[name]
    samples = []
    for _ in range(persons):
        size = (1, num_keypoints)
        points = torch.rand((*size, 2), generator=generator)
        points = (points * torch.tensor(CODEC['input_size'])).numpy()
        chosen = torch.randint(len(flags), size, generator=generator)
        chosen = torch.tensor(flags)[chosen]
        labels = codec.encode(points, (chosen > 0).numpy())
        sample = PoseDataSample()
        sample.gt_instance_labels = InstanceData(
            **{k: torch.from_numpy(v) for k, v in labels.items()},
            keypoints_visible_weights=(chosen > 1).float(),
        )
        samples.append(sample)
    inputs = torch.randn(persons, 3, 80, 64, generator=generator)
    return dict(inputs=inputs, data_samples=samples)


def assert_losses_stay_finite(
    num_keypoints: int, steps: int, dtype: torch.dtype, device: str = 'cpu'
) -> None:
    model = SmallPose(num_keypoints).to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
    # MMEngine's AmpOptimWrapper is for GPUs; this is what it does
    scaler = torch.cuda.amp.GradScaler(enabled=dtype == torch.float16)
    generator = torch.Generator().manual_seed(0)
    names = list(BATCHES)
    for step in range(steps):
        batch = make_batch(names[step % len(names)], num_keypoints, generator)
        batch['inputs'] = batch['inputs'].to(device)
        for sample in batch['data_samples']:
            labels = sample.gt_instance_labels
            sample.gt_instance_labels = labels.to(device)
        with torch.autocast(device, dtype):
            losses = model(**batch)
        for name, value in losses.items():
            assert value.isfinite(), (step, name)
        optimizer.zero_grad()
        scaler.scale(model.parse_losses(losses)[0]).backward()
        scaler.step(optimizer)
        scaler.update()
    assert all(p.isfinite().all() for p in model.parameters())


@pytest.mark.parametrize('num_keypoints', [1, 133])
def test_losses_in_bfloat16_are_finite_for_every_kind_of_batch(num_keypoints):
    assert_losses_stay_finite(num_keypoints, 10, torch.bfloat16)


@pytest.mark.long
@pytest.mark.parametrize('num_keypoints', [1, 17, 133])
def test_losses_in_bfloat16_stay_finite_over_500_steps(num_keypoints):
    assert_losses_stay_finite(num_keypoints, 500, torch.bfloat16)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason='needs a GPU')
@pytest.mark.parametrize('num_keypoints', [1, 17, 133])
def test_losses_in_float16_stay_finite_over_500_steps(num_keypoints):
    assert_losses_stay_finite(num_keypoints, 500, torch.float16, 'cuda')


@pytest.fixture
def float64(monkeypatch) -> None:
    """Lets modules keep float64 where they ask for float32."""
    monkeypatch.setattr(torch.Tensor, 'float', torch.Tensor.double)


def feats_of(channels: int) -> tuple[torch.Tensor, ...]:
    """Maps of four levels, which can be differentiated."""
    return tuple(
        torch.randn(2, channels, 8 // s, 8 // s).double().requires_grad_()
        for s in STRIDES
    )


def assert_gradients_are_right(module: nn.Module, function) -> None:
    """Compare the gradients by parameters and maps with differences.

    Args:
        module (nn.Module): Is evaluated in float64
        function (callable): Takes the maps and returns tensors, as a method
            that `module.forward` is set to
    """
    module = module.double().train()
    names, values = zip(*module.named_parameters(), strict=True)
    values = tuple(v.detach().requires_grad_() for v in values)
    feats = feats_of(4)

    def run(*inputs: torch.Tensor) -> object:
        parameters = dict(zip(names, inputs[len(feats) :], strict=True))
        module.forward = function
        return functional_call(module, parameters, (inputs[: len(feats)],))

    # along random directions; an entry each would take minutes
    assert gradcheck(run, (*feats, *values), fast_mode=True, atol=1e-4)


def test_the_gradients_of_the_neck_are_those_of_finite_differences(float64):
    neck = MLPENeck((4,) * 4, 4)
    assert_gradients_are_right(neck, neck.forward)


@pytest.mark.parametrize(
    ('occluded', 'unbiased'),
    [
        ('suppress', False),
        pytest.param('ignore', True, marks=pytest.mark.long),
        pytest.param('supervise', False, marks=pytest.mark.long),
    ],
)
def test_the_gradients_of_the_head_are_those_of_finite_differences(
    float64, occluded, unbiased
):
    codec = dict(CODEC, input_size=(32, 32), heatmap_size=(8, 8))
    head = MLPEHead(
        *(4, 3),
        decoder=dict(codec, unbiased=unbiased),
        level_occluded=occluded,
    )
    sample = PoseDataSample()
    sample.gt_instance_labels = InstanceData(
        keypoint_labels=torch.tensor([[[2.3, 3.1], [5.0, 6.2], [1.0, 1.0]]]),
        keypoint_weights=torch.tensor([[1.0, 1.0, 0.0]]),
        keypoints_visible_weights=torch.tensor([[1.0, 0.0, 0.0]]),
    )

    def loss(feats: tuple[torch.Tensor, ...]) -> tuple[torch.Tensor, ...]:
        losses = head.loss(feats, [sample] * 2, dict(compute_acc=False))
        return tuple(losses.values())

    assert_gradients_are_right(head, loss)


def test_the_gradients_of_the_loss_are_those_of_finite_differences(float64):
    output = torch.randn(2, 5, 3, 4).double().requires_grad_()
    target = torch.randn(2, 5, 3, 4).double().requires_grad_()
    weights = torch.rand(2, 5).double().requires_grad_()
    loss = MODELS.build(dict(type='MLPEOHKMLoss', topk=3))
    assert isinstance(loss, MLPEOHKMLoss)
    assert gradcheck(loss, (output, target, weights))


def test_the_gradients_of_rendering_are_those_of_finite_differences(float64):
    codec = MLPEHeatmap((32, 32), (8, 8), (5, 3), unbiased=True)
    places = torch.tensor([[[2.3, 3.1], [5.0, 6.2]]]).double()
    weights = torch.ones(1, 2).double()
    maps = codec.render(places, weights)
    assert maps.max() > 200
    assert gradcheck(
        lambda p: codec.render(p, weights), places.requires_grad_()
    )
