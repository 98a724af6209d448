"""A copy of a trained model that computes the same in less time."""

import copy
from collections.abc import Sequence

import torch
from mmpose.models.pose_estimators import TopdownPoseEstimator
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from .fused_layers import faster
from .fused_pose_estimator import FusedPoseEstimator

# largest difference between the outputs of copy and model, relative to the
# range of the model's, both in float64, where rounding stays far below it
BOUND = 1e-6


@torch.no_grad()
def fuse(
    model: TopdownPoseEstimator, input_size: tuple[int, int] | None = None
) -> FusedPoseEstimator:
    """Copy a trained model for inference, and compare the copy with it.

    Normalisations become part of the convolutions, transposed ones
    included, whose output they take; convolutions that read the same map
    are joined; a resize comes after the 1x1 convolution that followed it;
    weights and maps lie channels last. The copy takes part in MMPose's
    ``inference_topdown`` and ``test_step`` like the model; it cannot be
    trained, nor take the model's checkpoints.

    Copy and model are compared in float64, because in float32 a deep
    network can blow up rounding until it looks like a mistake. For this
    moment the copy needs twice the model's memory.

    Args:
        model (TopdownPoseEstimator): The model, on any device, as
            ``mmpose.apis.init_model`` returns it. It stays as it is
        input_size (tuple, optional): [w, h] of the noise with which the
            two are compared. Defaults to that of the codec

    Returns:
        FusedPoseEstimator: The copy, in evaluation mode, of the model's
        floating type and on its device.

    Raises:
        ValueError: If the model is not a plain ``TopdownPoseEstimator``, or
            no input size is known.
        RuntimeError: If the outputs differ by more than 1e-6 of the range
            of the model's.
    """
    if type(model) is not TopdownPoseEstimator:
        raise ValueError(
            'fuse needs model to be a TopdownPoseEstimator that was not '
            f'fused before, got {type(model).__name__}. Use the model as it '
            'is; Predictor does so with fuse=False.'
        )
    original = next(model.parameters())
    fused = copy.deepcopy(model).eval().requires_grad_(False)
    if original.device.type == 'mps':
        fused.cpu()  # Apple's devices have no float64
    fused.double()
    images = _noise(fused, input_size)
    expected, foldable = _run_and_find_foldable(fused, images)
    for conv, norm in foldable:
        layer = fused.get_submodule(conv)
        transposed = isinstance(layer, nn.ConvTranspose2d)
        folded = fuse_conv_bn_eval(
            layer, fused.get_submodule(norm), transpose=transposed
        )
        fused.set_submodule(conv, folded.requires_grad_(False))
        fused.set_submodule(norm, nn.Identity())
    for name, layer in list(fused.named_modules()):
        replacement = faster(layer)
        if replacement is not None:
            fused.set_submodule(name, replacement)
    fused.to(memory_format=torch.channels_last)
    fused.__class__ = FusedPoseEstimator
    fused.eval()
    _compare(_outputs(fused, images), expected)
    return fused.to(device=original.device, dtype=original.dtype)


def _noise(
    model: TopdownPoseEstimator, input_size: tuple[int, int] | None
) -> Tensor:
    """One normalised image (1, 3, h, w) of noise, on the model's device."""
    if input_size is None:
        decoder = getattr(getattr(model, 'head', None), 'decoder', None)
        input_size = getattr(decoder, 'input_size', None)
    if input_size is None:
        raise ValueError(
            'fuse needs input_size=(w, h) for a model whose head has no '
            'decoder that says it, got input_size=None.'
        )
    width, height = input_size
    # a generator of its own: the caller's random numbers stay as they are
    generator = torch.Generator().manual_seed(0)
    images = torch.randn(1, 3, height, width, generator=generator)
    return images.to(next(model.parameters()))


def _outputs(model: TopdownPoseEstimator, images: Tensor) -> list[Tensor]:
    """The head's outputs, of which a heatmap head has one."""
    return _flat(model(images, None, mode='tensor'))


def _flat(outputs: Tensor | Sequence) -> list[Tensor]:
    """The tensors of nested tuples and lists, in their order."""
    if isinstance(outputs, Tensor):
        return [outputs]
    return [tensor for part in outputs for tensor in _flat(part)]


def _run_and_find_foldable(
    model: TopdownPoseEstimator, images: Tensor
) -> tuple[list[Tensor], list[tuple[str, str]]]:
    """The outputs, and each convolution with the normalisation after it.

    The names of such layers are found by running the model, since the order
    in which layers were built need not be that in which they run.
    """
    made: dict[int, tuple[str, Tensor, int]] = {}
    pairs: list[tuple[str, str]] = []
    runs: list[str] = []

    def after_conv(name: str, output: Tensor) -> None:
        runs.append(name)
        # the tensor is kept, so that no later one gets its id
        made[id(output)] = (name, output, output._version)

    def before_norm(name: str, x: Tensor) -> None:
        runs.append(name)
        conv, _, version = made.get(id(x), (None, None, None))
        # changed in place since, as by a ReLU, it is another map
        if conv is not None and version == x._version:
            pairs.append((conv, name))

    handles = []
    for name, layer in model.named_modules():
        if _can_absorb(layer):
            handles.append(
                layer.register_forward_hook(
                    lambda _, x, y, name=name: after_conv(name, y)
                )
            )
        elif isinstance(layer, nn.BatchNorm2d) and layer.track_running_stats:
            handles.append(
                layer.register_forward_pre_hook(
                    lambda _, x, name=name: before_norm(name, x[0])
                )
            )
    try:
        outputs = _outputs(model, images)
    finally:
        for handle in handles:
            handle.remove()
    # a layer that runs twice may be needed with and without the other
    once = [p for p in pairs if all(runs.count(name) == 1 for name in p)]
    return outputs, once


def _can_absorb(layer: nn.Module) -> bool:
    """Whether PyTorch folds a normalisation into such a layer."""
    if isinstance(layer, nn.ConvTranspose2d):
        # it scales the wrong channels of a grouped one
        return layer.groups == 1
    return isinstance(layer, nn.Conv2d)


def _compare(outputs: list[Tensor], expected: list[Tensor]) -> None:
    """Reject outputs that are not those of the model."""
    for output, wanted in zip(outputs, expected, strict=True):
        difference = (output - wanted).abs().max().item()
        span = max(wanted.max().item(), 0.0) - min(wanted.min().item(), 0.0)
        # not `>`, which is false for NaN
        if not difference <= BOUND * span:
            raise RuntimeError(
                'fuse: the outputs of the fused copy differ from those of '
                f'the model by {difference:.3g}, more than {BOUND:g} of '
                f'their range {span:.3g}. Use the model as it is, as '
                'Predictor does with fuse=False, and report its config.'
            )
