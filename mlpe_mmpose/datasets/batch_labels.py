"""Handle the labels of a batch, one kind of label at a time."""

from collections.abc import Callable, Iterable, Sequence

from mmpose.utils.typing import SampleList
from torch import Tensor


def replace_labels(
    samples: SampleList, function: Callable[[list[Tensor]], Iterable[Tensor]]
) -> None:
    """Apply a function to each kind of label of a batch.

    Args:
        samples (list[:obj:`PoseDataSample`]): Changed in place.
            Samples without labels stay as they are
        function (callable): Takes the tensors of one kind of label, one for
            each sample that has it, and returns as many
    """
    labels = [
        sample.gt_instance_labels
        for sample in samples
        if 'gt_instance_labels' in sample
    ]
    for name in {name for label in labels for name, _ in label.items()}:
        owners = [label for label in labels if name in label]
        values = function([label[name] for label in owners])
        for label, value in zip(owners, values, strict=True):
            # Faster than `label[name] = value`, which checks each field.
            label.set_field(value, name)


def can_be_stacked(tensors: Sequence[Tensor]) -> bool:
    """Tell whether all tensors have the same shape and dtype."""
    return len({(tensor.shape, tensor.dtype) for tensor in tensors}) == 1
