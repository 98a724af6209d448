"""Train associative embedding on images with any number of people.

MMPose 1.3 ships its associative embedding (Newell et al., NIPS 2017) to test
with only. Its codec does not hand on ``keypoint_indices``, so that the head
fails with "no attribute 'keypoint_indices'"; and the head weights a batch of
B images with the weights of all N people in them, so that the loss fails with
"mismatched shapes" unless N is B, and then takes a person's weights for those
of an image.
"""

import functools
from collections.abc import Sequence

import torch
from mmpose.codecs import AssociativeEmbedding
from mmpose.models.heads import AssociativeEmbeddingHead as Head

stock_loss = Head.loss


def install() -> None:
    """Let the codec and the head of MMPose train."""
    AssociativeEmbedding.label_mapping_table = {
        key: key for key in ('keypoint_weights', 'keypoint_indices')
    }
    Head.loss = _loss


@functools.wraps(stock_loss)
def _loss(
    self: Head,
    feats: tuple,
    batch_data_samples: Sequence,
    train_cfg: dict = {},
) -> dict[str, torch.Tensor]:
    """Compute the losses; a heatmap has all people, so it has no weight."""
    heatmaps, tags = self.forward(feats)
    if not self.tag_per_keypoint:
        tags = tags.repeat((1, self.num_keypoints, 1, 1))
    fields = [sample.gt_fields for sample in batch_data_samples]
    labels = [sample.gt_instance_labels for sample in batch_data_samples]
    pull, push = self.loss_module.tag_loss(
        tags, [label.keypoint_indices for label in labels]
    )
    keypoint_loss = self.loss_module.keypoint_loss(
        heatmaps,
        torch.stack([field.heatmaps for field in fields]),
        # keypoints of people without labels are left out
        mask=torch.stack([field.heatmap_mask for field in fields]),
    )
    return dict(loss_kpt=keypoint_loss, loss_pull=pull, loss_push=push)
