"""The accuracy that a head logs, without leaving the device."""

import torch
from torch import Tensor


@torch.no_grad()
def pose_pck_accuracy(
    output: Tensor, target: Tensor, mask: Tensor, thr: float = 0.05
) -> Tensor:
    """Compute the share of keypoints whose maximum is near the target's.

    Returns the average of MMPose's ``pose_pck_accuracy``, but computes it on
    the tensors' device. MMPose's function works in NumPy and makes every
    iteration wait for the device.

    Args:
        output (Tensor): Predicted heatmaps in shape (B, K, H, W)
        target (Tensor): Target heatmaps in shape (B, K, H, W)
        mask (Tensor): (B, K), bool, the keypoints that count
        thr (float): Greatest distance, in heatmap sizes. Defaults to 0.05

    Returns:
        Tensor: The scalar accuracy in [0, 1], averaged over the keypoints
        that count at least once; 0 if none does.
    """
    distance = _maxima(output) - _maxima(target)
    height, width = output.shape[2:]
    # MMPose divides x by the height and y by the width
    distance = torch.hypot(distance[0] / height, distance[1] / width)
    near = distance < thr
    counts = mask.sum(0)
    accuracy = (near & mask).sum(0) / counts.clamp(min=1)
    return accuracy.sum() / (counts > 0).sum().clamp(min=1)


def _maxima(heatmaps: Tensor) -> Tensor:
    """Find x, y of each map's maximum, (2, B, K); -1 in an empty map."""
    values, cells = heatmaps.flatten(2).max(-1)
    width = heatmaps.shape[-1]
    xy = torch.stack([cells % width, cells // width]).float()
    return xy.masked_fill(~(values > 0), -1.0)
