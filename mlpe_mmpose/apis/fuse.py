"""A copy of a trained model that computes the same in less time."""

import copy
import itertools
from collections.abc import Sequence
from typing import NoReturn

import torch
from mmpose.models.backbones.resnest import SplitAttentionConv2d
from mmpose.models.pose_estimators import TopdownPoseEstimator
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.utils.fusion import fuse_conv_bn_eval

# Largest allowed difference between the outputs of the copy and of the model,
# relative to the range of the model's outputs. Both compute in float64, whose
# rounding errors are far smaller.
BOUND = 1e-6


class FusedPoseEstimator(TopdownPoseEstimator):
    """The result of :func:`fuse`: for inference only, training is refused.

    It differs from :class:`TopdownPoseEstimator` in the layers that
    :func:`fuse` has replaced. Prediction, flip test included, is inherited.
    The class is not registered, because no config builds it.
    """

    def train(self, mode: bool = True) -> 'FusedPoseEstimator':
        """Stay in evaluation mode.

        Raises:
            RuntimeError: If ``mode`` is true.
        """
        if mode:
            self._refuse('train')
        return super().train(False)

    def loss(self, *args: object, **kwargs: object) -> NoReturn:
        """Refuse to compute a loss.

        Raises:
            RuntimeError: Always.
        """
        self._refuse('loss')

    def _refuse(self, method: str) -> NoReturn:
        raise RuntimeError(
            f'{self.__class__.__name__}.{method} was called, but its '
            'normalisations are part of its convolutions, and it is for '
            'inference only. Train the model that was given to fuse, and '
            'fuse it again.'
        )


@torch.no_grad()
def fuse(
    model: TopdownPoseEstimator, input_size: tuple[int, int] | None = None
) -> FusedPoseEstimator:
    """Copy a trained model for inference, and compare the copy with it.

    Each batch normalisation becomes part of the convolution before it, and
    weights and maps lie channels last; ResNeSt's split attention is computed
    without a copy to channels first. MMPose's ``inference_topdown`` and
    ``test_step`` accept the copy. The copy cannot be trained, and cannot load
    checkpoints of the model.

    The outputs of the copy and of the model are compared in float64, because
    in float32 a deep network can enlarge rounding errors until they look like
    a mistake. During the comparison the copy needs twice the model's memory.

    Args:
        model (TopdownPoseEstimator): The model, on any device, as
            ``mmpose.apis.init_model`` returns it. It is not changed
        input_size (tuple, optional): Size [w, h] of the noise image on which
            the copy and the model are compared. Defaults to the input size
            of the codec

    Returns:
        FusedPoseEstimator: The copy, in evaluation mode, with the floating
        type and on the device of the model.

    Raises:
        ValueError: If the model is not a plain ``TopdownPoseEstimator``, or
            no input size is known.
        RuntimeError: If the outputs differ by more than 1e-6 of the range
            of the model's outputs.
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
    expected = _outputs(fused, images)
    for name, layer in list(fused.named_modules()):
        _fold_norms(layer)
        # a subclass may compute something else
        if type(layer) is SplitAttentionConv2d:
            _replace(fused, name, _SplitAttention(layer))
    fused.to(memory_format=torch.channels_last)
    fused.__class__ = FusedPoseEstimator
    fused.eval()
    _compare(_outputs(fused, images), expected)
    return fused.to(device=original.device, dtype=original.dtype)


def _noise(
    model: TopdownPoseEstimator, input_size: tuple[int, int] | None
) -> Tensor:
    """Return a noise image (1, C, h, w) on the device of the model."""
    if input_size is None:
        decoder = getattr(getattr(model, 'head', None), 'decoder', None)
        input_size = getattr(decoder, 'input_size', None)
    if input_size is None:
        raise ValueError(
            'fuse needs input_size=(w, h) for a model whose head has no '
            'decoder with an input_size, got input_size=None.'
        )
    width, height = input_size
    # a separate generator, so that the caller's random numbers do not change
    generator = torch.Generator().manual_seed(0)
    # the first convolution takes the image, in colour or gray
    channels = next(p.shape[1] for p in model.parameters() if p.dim() == 4)
    images = torch.randn(1, channels, height, width, generator=generator)
    return images.to(next(model.parameters()))


def _outputs(model: TopdownPoseEstimator, images: Tensor) -> list[Tensor]:
    """Return the outputs of the head; a heatmap head has one."""
    return _flat(model(images, None, mode='tensor'))


def _flat(outputs: Tensor | Sequence) -> list[Tensor]:
    """Return the tensors of nested tuples and lists, in their order."""
    if isinstance(outputs, Tensor):
        return [outputs]
    return [tensor for part in outputs for tensor in _flat(part)]


def _fold_norms(parent: nn.Module) -> None:
    """Fold each normalisation into the convolution before it.

    Only the child right before a normalisation is considered. Whether the
    network runs both in this order, and each of them once, is left to
    :func:`_compare`.
    """
    for (name, conv), (norm_name, norm) in itertools.pairwise(
        list(parent.named_children())
    ):
        transposed = isinstance(conv, nn.ConvTranspose2d)
        # PyTorch scales the wrong channels of a grouped transposed layer
        foldable = isinstance(conv, nn.Conv2d) or (
            transposed and conv.groups == 1
        )
        if (
            foldable
            # in one process MMEngine replaces SyncBatchNorm by a class that is
            # no BatchNorm2d
            and isinstance(norm, _BatchNorm)
            and norm.track_running_stats
            and norm.num_features == conv.out_channels
        ):
            folded = fuse_conv_bn_eval(conv, norm, transpose=transposed)
            _replace(parent, name, folded.requires_grad_(False))
            _replace(parent, norm_name, nn.Identity())


def _replace(model: nn.Module, name: str, part: nn.Module) -> None:
    """Put a part in the place of another; PyTorch has this from 2.5 on."""
    parent, _, own_name = name.rpartition('.')
    setattr(model.get_submodule(parent), own_name, part)


def _compare(outputs: list[Tensor], expected: list[Tensor]) -> None:
    """Reject outputs of the copy that differ from those of the model."""
    for output, wanted in zip(outputs, expected, strict=True):
        difference = (output - wanted).abs().max().item()
        span = max(wanted.max().item(), 0.0) - min(wanted.min().item(), 0.0)
        # `difference > ...` would accept NaN
        if not difference <= BOUND * span:
            raise RuntimeError(
                'fuse: the outputs of the fused copy differ from those of '
                f'the model by {difference:.3g}, more than {BOUND:g} of '
                f'their range {span:.3g}. Use the model as it is, as '
                'Predictor does with fuse=False, and report its config.'
            )


class _SplitAttention(nn.Module):
    """:class:`SplitAttentionConv2d` without a copy to channels first."""

    def __init__(self, layer: SplitAttentionConv2d) -> None:
        super().__init__()
        self.radix = layer.radix
        self.conv = nn.Sequential(layer.conv, layer.norm0, layer.relu)
        self.attend = nn.Sequential(
            layer.fc1, layer.norm1, layer.relu, layer.fc2
        )
        self.rsoftmax = layer.rsoftmax

    def forward(self, x: Tensor) -> Tensor:
        """Convolve ``x`` (B, C, h, w) and sum the weighted splits."""
        x = self.conv(x)
        pooled = x.mean((2, 3), keepdim=True)
        weights = self.rsoftmax(
            self.attend(sum(pooled.chunk(self.radix, dim=1)))
        ).view(len(x), -1, 1, 1)
        weighted = zip(
            weights.chunk(self.radix, dim=1),
            x.chunk(self.radix, dim=1),
            strict=True,
        )
        return sum(weight * split for weight, split in weighted)
