"""Batches to the device in a few copies."""

import torch
from mmpose.models.data_preprocessors import PoseDataPreprocessor
from mmpose.registry import MODELS
from mmpose.utils.typing import SampleList
from torch import Tensor


@MODELS.register_module()
class FastPoseDataPreprocessor(PoseDataPreprocessor):
    """Stack, then move and normalise, what top-down pipelines give.

    The same arguments and values as :class:`PoseDataPreprocessor`, which
    normalises image by image, copies every sample with its metainfo, and on
    a GPU makes the host wait for each image. Here a batch of equal sizes is
    stacked on the host, in pinned memory where there is a GPU, and moved by
    one copy that nobody waits for; so is each label. Other batches, and
    samples that carry whole heatmaps, go the stock way.

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
        images = self._moved(data['inputs'])
        if self._channel_conversion:
            images = images.flip(1)
        images = images.float()
        if self._enable_normalize:
            images = images.sub_(self.mean).div_(self.std)

        self._move_labels(samples)
        size = tuple(images.shape[-2:])
        for sample in samples:
            sample.set_metainfo(dict(batch_input_shape=size, pad_shape=size))
        if training and self.batch_augments is not None:
            for augment in self.batch_augments:
                images, samples = augment(images, samples)
        return dict(inputs=images, data_samples=samples)

    def _is_plain(self, data: dict) -> bool:
        """Whether images can be stacked, and labels are all that must move."""
        images, samples = data['inputs'], data['data_samples']
        return (
            isinstance(images, list)
            and self.pad_size_divisor == 1
            and len({(image.shape, image.dtype) for image in images}) == 1
            and images[0].dtype == torch.uint8
            and len(images[0]) == 3
            and not any('gt_fields' in sample for sample in samples)
        )

    def _move_labels(self, samples: SampleList) -> None:
        """Replace the samples' labels by views of a batch on the device."""
        labels = [
            sample.gt_instance_labels
            for sample in samples
            if 'gt_instance_labels' in sample
        ]
        for name in {n for label in labels for n, _ in label.items()}:
            owners = [label for label in labels if name in label]
            values = [label[name] for label in owners]
            if len({(value.shape, value.dtype) for value in values}) > 1:
                values = [self._moved([value])[0] for value in values]
            else:
                values = self._moved(values)
            for label, value in zip(owners, values, strict=True):
                # as `label[name] = value`, without checks of a new field
                label.set_field(value, name)

    def _moved(self, tensors: list[Tensor]) -> Tensor:
        """Stack equal tensors, and move them by one copy."""
        shape = (len(tensors), *tensors[0].shape)
        # only a copy from pinned memory can go on while the host goes on
        pinned = self.device.type == 'cuda' and not tensors[0].is_cuda
        batch = torch.empty(
            shape,
            dtype=tensors[0].dtype,
            device=tensors[0].device,
            pin_memory=pinned,
        )
        torch.stack(tensors, out=batch)
        return batch.to(self.device, non_blocking=True)
