"""A data preprocessor that moves a batch in a few copies."""

from collections.abc import Iterable

import torch
from mmpose.models.data_preprocessors import PoseDataPreprocessor
from mmpose.registry import MODELS
from torch import Tensor

from ...datasets.batch_labels import can_be_stacked, replace_labels


@MODELS.register_module()
class FastPoseDataPreprocessor(PoseDataPreprocessor):
    """Stack, move and normalise the batches of top-down pipelines.

    The same arguments and values as :class:`PoseDataPreprocessor`, which
    normalises image by image, copies every sample with its metainfo, and on
    a GPU makes the host wait for each image. Here a batch of equal sizes is
    stacked on the host, in pinned memory where there is a GPU, and moved by
    one copy for which the host does not wait, and so is each kind of label.
    Batches of several sizes, and samples that contain heatmaps, are left to
    :class:`PoseDataPreprocessor`.

    Samples are changed in place: their labels move to the device.
    """

    def forward(self, data: dict, training: bool = False) -> dict:
        """Bring a batch to the device.

        Args:
            data (dict): ``inputs``, a list of B tensors (3, h, w) with equal
                sizes, and ``data_samples``, B :obj:`PoseDataSample`
            training (bool): Whether ``batch_augments`` apply

        Returns:
            dict: ``inputs`` (B, 3, h, w), float32, normalised, and
            ``data_samples``.
        """
        if not self._is_plain(data):
            return super().forward(data, training)
        samples = data['data_samples']
        images = self._move(data['inputs'])
        if self._channel_conversion:
            images = images.flip(1)
        images = images.float()
        if self._enable_normalize:
            images = images.sub_(self.mean).div_(self.std)

        replace_labels(samples, self._move_labels)
        size = tuple(images.shape[-2:])
        for sample in samples:
            sample.set_metainfo(dict(batch_input_shape=size, pad_shape=size))
        if training and self.batch_augments is not None:
            for augment in self.batch_augments:
                images, samples = augment(images, samples)
        return dict(inputs=images, data_samples=samples)

    def _is_plain(self, data: dict) -> bool:
        """Tell whether images can be stacked and samples hold only labels."""
        images, samples = data['inputs'], data['data_samples']
        return (
            isinstance(images, list)
            and self.pad_size_divisor == 1
            and can_be_stacked(images)
            and images[0].dtype == torch.uint8
            and len(images[0]) == 3
            and not any('gt_fields' in sample for sample in samples)
        )

    def _move_labels(self, labels: list[Tensor]) -> Iterable[Tensor]:
        """Move labels to the device, in one copy if shapes are equal."""
        if can_be_stacked(labels):
            return self._move(labels)
        return [self._move([label])[0] for label in labels]

    def _move(self, tensors: list[Tensor]) -> Tensor:
        """Stack tensors of equal shapes and move them in one copy."""
        shape = (len(tensors), *tensors[0].shape)
        # Only a copy from pinned memory runs while the host continues.
        pinned = self.device.type == 'cuda' and not tensors[0].is_cuda
        batch = torch.empty(
            shape,
            dtype=tensors[0].dtype,
            device=tensors[0].device,
            pin_memory=pinned,
        )
        torch.stack(tensors, out=batch)
        return batch.to(self.device, non_blocking=True)
