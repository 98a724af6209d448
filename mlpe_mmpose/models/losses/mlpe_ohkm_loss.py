"""Online hard keypoint mining, without Python loops."""

import torch
import torch.nn.functional as F
from mmpose.registry import MODELS
from torch import Tensor, nn

# the hardest 8 of 17 (CPN, 2018)
CPN_SHARE = 8 / 17


@MODELS.register_module()
class MLPEOHKMLoss(nn.Module):
    """Mean squared error of each person's hardest keypoints (CPN, 2018).

    Computes the term of :class:`KeypointOHKMMSELoss` without loops over the
    batch and the keypoints, and counts a weight once instead of squared. The
    ``topk`` largest keypoint losses of a person are averaged, however many
    keypoints are labelled, then the persons.

    Args:
        topk (int, optional): Number of keypoints that count. By default as
            large a share as CPN's 8 of COCO's 17: ``round(K * 8 / 17)``, at
            least 1
        loss_weight (float): Weight of the loss. Defaults to 1.0

    Raises:
        ValueError: If ``topk`` is less than 1, or, on the first batch, more
            than the number of keypoints.
    """

    def __init__(
        self, topk: int | None = None, loss_weight: float = 1.0
    ) -> None:
        super().__init__()
        if topk is not None and topk < 1:
            raise ValueError(
                f'{self.__class__.__name__} needs topk of at least 1, '
                f'got topk={topk}.'
            )
        self.topk = topk
        self.loss_weight = loss_weight
        # OHKMPickHook sets `recording` and reads the two counts.
        self.recording = False
        self.picked = self.labelled = None

    def forward(
        self,
        output: Tensor,
        target: Tensor,
        target_weights: Tensor | None = None,
    ) -> Tensor:
        """Compute the loss, in float32 whatever the input's precision.

        Note:
            - batch size: B
            - keypoint number: K
            - heatmap size: [W, H]

        Args:
            output (Tensor): Predicted heatmaps in shape (B, K, H, W)
            target (Tensor): Target heatmaps in shape (B, K, H, W)
            target_weights (Tensor, optional): (B, K), factor of each
                keypoint's loss, 0 for not labelled: its target is not read,
                and may be NaN. Defaults to all ones

        Returns:
            Tensor: The scalar loss. Loss and gradients are 0 if no keypoint is
            labelled or the batch is empty, so that such a process can
            take part in distributed training.
        """
        name = self.__class__.__name__
        assert output.shape == target.shape, (
            f'{name} got output of shape {tuple(output.shape)} and target of '
            f'shape {tuple(target.shape)}.'
        )
        num_keypoints = output.shape[1]
        topk = self.topk or max(1, round(num_keypoints * CPN_SHARE))
        if topk > num_keypoints:
            raise ValueError(
                f'{name} got topk={topk}, more than the '
                f'{num_keypoints} keypoints of the heatmaps.'
            )
        if target_weights is not None:
            assert target_weights.shape == output.shape[:2], (
                f'{name} got target_weights of shape '
                f'{tuple(target_weights.shape)} for {output.shape[0]} '
                f'persons with {num_keypoints} keypoints.'
            )
            # 0 times NaN is NaN
            unread = (target_weights == 0)[..., None, None]
            target = target.masked_fill(unread, 0)
        losses = F.mse_loss(output.float(), target.float(), reduction='none')
        losses = losses.flatten(2).mean(-1)
        if target_weights is not None:
            losses = losses * target_weights.float()
        hardest = losses.topk(topk, dim=1, sorted=False)
        if self.recording:
            self._record(losses, hardest.indices)
        # The mean over an empty batch would be NaN.
        count = max(1, hardest.values.numel())
        return hardest.values.sum() / count * self.loss_weight

    def _record(self, losses: Tensor, indices: Tensor) -> None:
        """Count how often each keypoint was picked, and how often labelled."""
        # With few labelled keypoints, topk also picks some of loss 0.
        labelled = losses > 0
        chosen = torch.zeros_like(labelled).scatter(1, indices, True)
        self.picked = (chosen & labelled).sum(0)
        self.labelled = labelled.sum(0)
