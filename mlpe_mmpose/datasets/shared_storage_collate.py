"""Batches that cross from a loader's process to training in few pieces."""

from collections.abc import Sequence

import torch
from mmengine.dataset import pseudo_collate
from mmengine.registry import FUNCTIONS
from torch import Tensor
from torch.utils.data import get_worker_info

from .batch_labels import can_be_stacked, replace_labels


@FUNCTIONS.register_module()
def shared_storage_collate(data_batch: Sequence[dict]) -> dict:
    """Collate as :func:`pseudo_collate` does, but into few storages.

    PyTorch hands every storage from a loader's process to training through a
    file descriptor and a connection of its own, and training waits for all
    of them: for an image and three labels a person, longer than for anything
    else that it does to a batch. Here the images of a batch are views of one
    storage, and so is each kind of label.

    Args:
        data_batch (Sequence[dict]): B samples as :class:`PackPoseInputs`
            gives them. The labels' tensors in them are replaced

    Returns:
        dict: What :func:`pseudo_collate` gives: ``inputs``, a list of B
        tensors, and ``data_samples``, a list of B. Tensors of unequal shapes
        keep their own storages.
    """
    batch = pseudo_collate(data_batch)
    batch['inputs'] = _views_of_one(batch['inputs'])
    replace_labels(batch['data_samples'], _views_of_one)
    return batch


def _views_of_one(tensors: Sequence[Tensor]) -> list[Tensor]:
    """Copy tensors of one shape into one storage, shared if in a worker."""
    if not can_be_stacked(tensors):
        return list(tensors)
    stacked = tensors[0].new_empty((len(tensors), *tensors[0].shape))
    if get_worker_info() is not None:
        # else it would be copied there on its way
        stacked.share_memory_()
    return list(torch.stack(tuple(tensors), out=stacked))
