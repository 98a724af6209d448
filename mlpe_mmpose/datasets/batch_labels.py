"""The labels of a batch, handled together."""

from collections.abc import Callable, Iterable, Sequence

from mmpose.utils.typing import SampleList
from torch import Tensor


def replace_labels(
    samples: SampleList, together: Callable[[list[Tensor]], Iterable[Tensor]]
) -> None:
    """Replace each kind of label by what a function makes of the batch's.

    Args:
        samples (list[:obj:`PoseDataSample`]): Changed in place; those
            without labels stay as they are
        together (callable): Takes the tensors of one kind, one a sample that
            has it, and gives as many
    """
    labels = [
        sample.gt_instance_labels
        for sample in samples
        if 'gt_instance_labels' in sample
    ]
    for name in {name for label in labels for name, _ in label.items()}:
        owners = [label for label in labels if name in label]
        values = together([label[name] for label in owners])
        for label, value in zip(owners, values, strict=True):
            # as `label[name] = value`, without checks of a new field
            label.set_field(value, name)


def can_be_stacked(tensors: Sequence[Tensor]) -> bool:
    """Whether all have one shape and type."""
    return len({(tensor.shape, tensor.dtype) for tensor in tensors}) == 1
