"""The codec of MLPE without rounding to cells, in either direction."""

from collections.abc import Sequence

import numpy as np
import torch
from mmpose.registry import KEYPOINT_CODECS
from torch import Tensor

from .gaussian_window import window_sigma
from .heatmap_peaks import find_unbiased_peaks
from .mlpe_heatmap import PEAK, MLPEHeatmap


@KEYPOINT_CODECS.register_module()
class UnbiasedMLPEHeatmap(MLPEHeatmap):
    """Graded heatmaps whose Gaussians stand where the keypoints are.

    Differs from :class:`MLPEHeatmap` in three things. The Gaussians have
    their centres at the keypoints and not at the cells around them, and are
    not cut off. Maxima are decoded from the logarithm's slope and curvature
    (DARK, Zhang et al., CVPR 2020), which is exact for a Gaussian. And cell c
    lies at the middle of its pixels, (c + 0.5) * stride - 0.5, so that a
    mirrored image has exactly the mirrored coordinates, what UDP (Huang et
    al., CVPR 2020) asks for; no other transform of the image is needed.

    Note:
        - instance number: N (always 1, top-down)
        - keypoint number: K
        - level number: L, level 0 is the coarsest
        - input image size: [w, h]
        - heatmap size: [W, H]

    Encoded:
        - keypoint_labels (np.ndarray): (1, K, 2), float32, (x, y) in heatmap
          cells, whole numbers at their middles
        - keypoint_weights (np.ndarray): (1, K), the visibility that was
          given, 0 where the keypoint lies outside the heatmap

    Args:
        input_size (tuple): Input image size in [w, h]
        heatmap_size (tuple): Heatmap size in [W, H]; the input size divided
            by one whole number, the stride of the finest feature map
        kernel_sizes (Sequence[int]): Odd Gaussian window of each level,
            coarse to fine; its sigma is OpenCV's. See :class:`MLPEHeatmap`

    Raises:
        ValueError: If the sizes do not divide, or a window is not a
            positive odd number.
    """

    def __init__(
        self,
        input_size: tuple[int, int],
        heatmap_size: tuple[int, int],
        kernel_sizes: Sequence[int],
    ) -> None:
        super().__init__(input_size, heatmap_size, kernel_sizes)
        sigmas = [window_sigma(size) for size in self.kernel_sizes]
        # -1 / (2 sigma^2), then one copy a device; made here, see the parent
        factors = torch.tensor([-0.5 / sigma**2 for sigma in sigmas])
        lines = [torch.arange(size).float() for size in self.heatmap_size]
        self._tables = {torch.device('cpu'): (factors, *lines)}

    def _to_cells(
        self, keypoints: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Labels (1, K, 2), and which of them are in the heatmap (1, K)."""
        labels = (keypoints + 0.5) / self.scale_factor
        inside = ((labels >= 0) & (labels < self.heatmap_size)).all(-1)
        return labels - np.float32(0.5), inside

    def render(
        self, keypoint_labels: Tensor, keypoint_weights: Tensor
    ) -> Tensor:
        """Draw the targets of all levels, for the batch, in one call.

        Args:
            keypoint_labels (Tensor): (B, K, 2), as from :meth:`encode`
            keypoint_weights (Tensor): (B, K), maps of weight 0 are empty

        Returns:
            Tensor: (L, B, K, H, W), float32, 0 to 255, level 0 coarsest, on
            the device of ``keypoint_labels``. The peak of 255 lies at the
            keypoint; the highest cell is the lower, the farther it is.
        """
        factors, xs, ys = self._tables_on(keypoint_labels.device)
        factors = factors.view(-1, 1, 1, 1)
        drawn = keypoint_weights > 0
        # 0 times NaN is NaN
        labels = keypoint_labels.to(xs).masked_fill(~drawn.unsqueeze(-1), 0)
        peaks = drawn.to(xs) * PEAK
        rows_x = torch.exp(factors * (xs - labels[..., :1]) ** 2)
        rows_y = torch.exp(factors * (ys - labels[..., 1:]) ** 2)
        columns = rows_y * peaks.unsqueeze(-1)
        return columns.unsqueeze(-1) * rows_x.unsqueeze(-2)

    def _tables_on(self, device: torch.device) -> tuple[Tensor, ...]:
        """Factors (L,), and the cells of a line, (W,) and (H,)."""
        if device not in self._tables:
            tables = self._tables[torch.device('cpu')]
            self._tables[device] = tuple(t.to(device) for t in tables)
        return self._tables[device]

    def decode_tensors(self, heatmaps: Tensor) -> tuple[Tensor, Tensor]:
        """The part of :meth:`batch_decode` that an exported graph holds.

        Args:
            heatmaps (Tensor): (B, K, H, W), any device and floating type

        Returns:
            tuple:
            - keypoints (Tensor): (B, K, 2), float32, (x, y) in input-image
              pixels; left of and above the image where a map has no
              positive value
            - scores (Tensor): (B, K), float32, highest cell / 255 + 0.5
        """
        places, heights = find_unbiased_peaks(
            heatmaps.float(), self.kernel_sizes[-1]
        )
        pixels = (places + 0.5) * float(self.scale_factor[0]) - 0.5
        return pixels, heights / PEAK + 0.5
