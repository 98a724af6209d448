"""A collate function whose batches have few storages."""

from collections.abc import Sequence

import torch
from mmengine.dataset import pseudo_collate
from mmengine.registry import FUNCTIONS
from torch import Tensor
from torch.utils.data import get_worker_info

from .batch_labels import can_be_stacked, replace_labels


@FUNCTIONS.register_module()
def shared_storage_collate(data_batch: Sequence[dict]) -> dict:
    """Collate like :func:`pseudo_collate`, but into few storages.

    PyTorch hands every storage from a loader's process to training through a
    file descriptor and a connection of its own, and training waits for all
    of them. With an image and three labels for each person, this takes longer
    than all else that training does to load a batch. Here the images of a
    batch are views of one storage, and so is each kind of label.

    Args:
        data_batch (Sequence[dict]): B samples from
            :class:`PackPoseInputs`, whose labels' tensors are replaced

    Returns:
        dict: What :func:`pseudo_collate` gives: ``inputs``, a list of B
        tensors, and ``data_samples``, a list of B. Tensors of unequal shapes
        keep their own storages.
    """
    batch = pseudo_collate(data_batch)
    batch['inputs'] = _share_storage(batch['inputs'])
    replace_labels(batch['data_samples'], _share_storage)
    return batch


def _share_storage(tensors: Sequence[Tensor]) -> list[Tensor]:
    """Copy tensors of one shape into one storage."""
    if not can_be_stacked(tensors):
        return list(tensors)
    stacked = tensors[0].new_empty((len(tensors), *tensors[0].shape))
    if get_worker_info() is not None:
        # PyTorch would copy the storage to shared memory later.
        stacked.share_memory_()
    return list(torch.stack(tuple(tensors), out=stacked))
