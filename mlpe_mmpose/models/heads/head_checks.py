"""Checks of MLPEHead's arguments, codec and input features."""

import itertools
from collections.abc import Sequence

import torch
from mmengine.structures import InstanceData
from torch import Tensor, nn

from ...codecs import MLPEHeatmap

OCCLUDED_MODES = ('suppress', 'ignore', 'supervise')


def check_arguments(head: nn.Module, predict_kernel_size: int) -> None:
    """Reject arguments from which the network cannot be built.

    Raises:
        ValueError: Names the head's class, the argument and its value.
    """
    name = type(head).__name__
    # a bottleneck is half as wide inside
    if head.in_channels < 1 or head.in_channels % 2:
        raise ValueError(
            f'{name} needs an even number of in_channels, got in_channels='
            f'{head.in_channels}.'
        )
    if not 3 <= head.num_levels <= 5:
        raise ValueError(
            f'{name} needs 3 to 5 levels, got num_levels={head.num_levels}.'
        )
    if predict_kernel_size < 1 or predict_kernel_size % 2 != 1:
        raise ValueError(
            f'{name} needs a positive odd predict_kernel_size, got '
            f'predict_kernel_size={predict_kernel_size}.'
        )
    if head.level_occluded not in OCCLUDED_MODES:
        raise ValueError(
            f'{name} needs level_occluded to be one of {OCCLUDED_MODES}, '
            f'got level_occluded={head.level_occluded!r}.'
        )


def check_topk(head: nn.Module) -> None:
    """Reject a loss that counts more keypoints than the head predicts.

    The loss itself learns their number with the first batch.

    Raises:
        ValueError: Names the head's class, its number of keypoints and the
            ``topk`` of the loss.
    """
    for name in ('level_loss', 'refine_loss'):
        topk = getattr(getattr(head, name), 'topk', None)
        if topk is not None and topk > head.out_channels:
            raise ValueError(
                f'{type(head).__name__} predicts out_channels='
                f'{head.out_channels} keypoints, but its {name} counts '
                f'topk={topk}. Leave topk out of the loss, or set it to '
                f'{head.out_channels} at most.'
            )


def check_decoder(head: nn.Module, decoder: object) -> None:
    """Reject a codec that cannot make the head's targets.

    Raises:
        ValueError: If the codec is of another class, or has not one kernel
            size for each of the head's ``num_levels``.
    """
    name = type(head).__name__
    if not isinstance(decoder, MLPEHeatmap):
        raise ValueError(
            f'{name} needs decoder to be an MLPEHeatmap, which renders '
            f'the targets of all levels, got {type(decoder).__name__}.'
        )
    if len(decoder.kernel_sizes) != head.num_levels:
        raise ValueError(
            f'{name} needs one kernel size a level, got '
            f"{len(decoder.kernel_sizes)} in the decoder's kernel_sizes="
            f'{decoder.kernel_sizes} for num_levels={head.num_levels}.'
        )


def check_losses(head: nn.Module, decoder: MLPEHeatmap) -> None:
    """Reject a loss that fails, or is not finite, with the head's targets.

    Raises:
        ValueError: Names the head's class, the argument and the loss.
    """
    title = type(head).__name__
    # a model may be built on the device 'meta', without values
    with torch.device('cpu'), torch.no_grad():
        # two persons: weights (1, K) could broadcast over heatmaps unnoticed
        ones = torch.ones(2, head.out_channels)
        centre = torch.tensor(decoder.heatmap_size) / 2
        maps = decoder.render(ones[..., None] * centre, ones)
        _, level_weights = head._level_supervision(maps, ones, ones)
        targets = maps[-1]
        given = dict(level_loss=level_weights, refine_loss=ones)
        for name, weights in given.items():
            loss = getattr(head, name)
            try:
                value = loss(targets, targets, weights).mean()
            except Exception as error:
                reason = str(error) or type(error).__name__
                raise ValueError(
                    f'{title} cannot compute its {name}, '
                    f'{type(loss).__name__}: {reason}. A loss gets heatmaps '
                    'and targets (B, K, H, W), and weights (B, K); level_loss '
                    "gets no weights if level_occluded='suppress'."
                ) from error
            if not value.isfinite():
                raise ValueError(
                    f'{title} has targets from 0 to '
                    f'{targets.max():.0f}, for which its {name}, '
                    f'{type(loss).__name__}, is {value}, even where the '
                    'heatmaps equal them. Take a loss for any values, such '
                    'as KeypointMSELoss.'
                )


def check_feats(head: nn.Module, feats: tuple[Tensor, ...]) -> None:
    """Reject features that do not fit the head, before any arithmetic.

    Raises:
        AssertionError: If their number or channels are not the head's
            ``num_levels`` and ``in_channels``, or a map is larger than the
            one before.
    """
    name = type(head).__name__
    channels = tuple(feat.shape[1] for feat in feats)
    expected = (head.in_channels,) * head.num_levels
    assert channels == expected, (
        f'{name} was built for num_levels={head.num_levels} maps of '
        f'in_channels={head.in_channels}, but the neck gives maps of '
        f'{channels} channels.'
    )
    sizes = [tuple(feat.shape[-2:]) for feat in feats]
    assert all(
        fine[0] >= coarse[0] and fine[1] >= coarse[1]
        for fine, coarse in itertools.pairwise(sizes)
    ), (
        f'{name} needs feats from fine to coarse, but the neck gives maps of '
        f'{sizes} (height, width). Sort them, the largest first.'
    )


def check_labels(head: nn.Module, labels: Sequence[InstanceData]) -> None:
    """Reject labels that the head's targets cannot be made of.

    Raises:
        AssertionError: If the head's codec has not encoded them, or they are
            of other than the head's ``out_channels`` keypoints.
    """
    name = type(head).__name__
    assert 'keypoint_labels' in labels[0], (
        f'{name} finds no keypoint_labels in the data samples. Use the '
        "head's decoder as the encoder of GenerateTarget."
    )
    numbers = {label.keypoint_labels.shape[1] for label in labels}
    assert numbers == {head.out_channels}, (
        f'{name} predicts out_channels={head.out_channels} keypoints, but '
        f'people of the batch have {sorted(numbers)}. Set out_channels to the '
        "number of the data set's keypoints; a KeypointConverter in their own "
        'pipelines gives data sets that are trained together the same '
        'keypoints.'
    )
