"""The codec of MLPE, whose targets are rendered for a whole batch."""

from collections.abc import Sequence

import numpy as np
import torch
from mmpose.codecs.base import BaseKeypointCodec
from mmpose.registry import KEYPOINT_CODECS
from torch import Tensor

from .gaussian_window import blur_impulses, sample_gaussians
from .heatmap_peaks import find_peaks

# height of a target's peak, as in the release and in MegviiHeatmap
PEAK = 255.0


@KEYPOINT_CODECS.register_module()
class MLPEHeatmap(BaseKeypointCodec):
    """Graded heatmaps of the multi-level pose network (MLPE, Shao et al.).

    Renders what one :class:`MegviiHeatmap` per level would, but on the
    model's device and for the whole batch: :meth:`encode` runs in the data
    pipeline and only converts coordinates, and :class:`MLPEHead` calls
    :meth:`render`. No other head can be trained with this codec. Decodes like
    :class:`MegviiHeatmap`, but also adds half a cell at the border, and a
    quarter beside it.

    Note:
        - batch size: B
        - keypoint number: K
        - level number: L, level 0 is the coarsest
        - input image size: [w, h]
        - heatmap size: [W, H]

    Encoded:
        - keypoint_labels (np.ndarray): (1, K, 2), float32, (x, y) in heatmap
          cells. Integers are the cells' edges, or, if unbiased, their centres
        - keypoint_weights (np.ndarray): (1, K), the given visibility, 0 where
          the keypoint lies outside the heatmap

    Args:
        input_size (tuple): Input image size in [w, h]
        heatmap_size (tuple): Heatmap size in [W, H]: the input size divided
            by an integer, the stride of the finest feature map
        kernel_sizes (Sequence[int]): Odd Gaussian window of each level,
            coarse to fine, in heatmap cells; the release has (15, 11, 9, 7)
            at 192x256 and (23, 17, 13, 9) at 288x384. The last window is also
            that of the refined heatmaps, and of the blur before decoding
        unbiased (bool): Whether to avoid rounding to cells. Gaussians then
            have their centres at the keypoints and are not cut off, maxima
            are decoded as in DARK (Zhang et al., CVPR 2020), and cell c is
            centred at pixel (c + 0.5) * stride - 0.5, so that a mirrored
            image has mirrored coordinates, as UDP (Huang et al., CVPR 2020)
            asks for. Defaults to ``False``

    Raises:
        ValueError: If the sizes do not divide, or a window is not a
            positive odd number.
    """

    # `keypoints_visible_weights` is 1 where v = 2: see MarkOccludedKeypoints
    label_mapping_table = dict(
        keypoint_labels='keypoint_labels',
        keypoint_weights='keypoint_weights',
        keypoints_visible_weights='keypoints_visible_weights',
    )

    def __init__(
        self,
        input_size: tuple[int, int],
        heatmap_size: tuple[int, int],
        kernel_sizes: Sequence[int],
        unbiased: bool = False,
    ) -> None:
        super().__init__()
        name = self.__class__.__name__
        stride = input_size[0] // max(heatmap_size[0], 1)
        if stride < 1 or any(
            size != stride * cells
            for size, cells in zip(input_size, heatmap_size, strict=True)
        ):
            raise ValueError(
                f'{name} needs heatmap_size to be input_size divided by the '
                'stride of the finest feature map, got heatmap_size='
                f'{tuple(heatmap_size)} for input_size={tuple(input_size)}. '
                'For a stride of 4, set input_size='
                f'{tuple(size // 4 * 4 for size in input_size)} and '
                f'heatmap_size={tuple(size // 4 for size in input_size)}.'
            )
        if (
            not isinstance(kernel_sizes, Sequence)
            or not kernel_sizes
            or any(size < 1 or size % 2 != 1 for size in kernel_sizes)
        ):
            raise ValueError(
                f'{name} needs a positive odd window for each level in '
                f'kernel_sizes, got {kernel_sizes}.'
            )
        self.input_size = tuple(input_size)
        self.heatmap_size = tuple(heatmap_size)
        self.kernel_sizes = tuple(kernel_sizes)
        self.unbiased = unbiased
        self.scale_factor = np.full(2, stride, dtype=np.float32)
        # torch.compile cannot trace OpenCV, so the tables are built here.
        tables = () if unbiased else map(self._blur_table, self.heatmap_size)
        self._tables = {torch.device('cpu'): tuple(tables)}

    def encode(
        self,
        keypoints: np.ndarray,
        keypoints_visible: np.ndarray | None = None,
    ) -> dict:
        """Convert keypoints to heatmap cells; no heatmap is made here.

        Args:
            keypoints (np.ndarray): (1, K, 2), (x, y) in input-image pixels
            keypoints_visible (np.ndarray, optional): (1, K), 0 for not
                labelled. Defaults to all labelled

        Returns:
            dict: ``keypoint_labels`` (1, K, 2) and ``keypoint_weights``
            (1, K), float32, see the class.

        Raises:
            ValueError: If a visibility, or a coordinate of a labelled
                keypoint, is not a finite number.
        """
        assert keypoints.shape[0] == 1, (
            f'{self.__class__.__name__} only supports single-instance '
            f'keypoint encoding, got {keypoints.shape[0]} instances.'
        )
        if keypoints_visible is None:
            keypoints_visible = np.ones(keypoints.shape[:2])
        self._check_finite(keypoints, keypoints_visible)
        half = np.float32(0.5 if self.unbiased else 0)
        labels = (keypoints.astype(np.float32) + half) / self.scale_factor
        # MegviiHeatmap truncates, so that (-1, 0) belongs to cell 0.
        cells = labels if self.unbiased else np.trunc(labels)
        inside = ((cells >= 0) & (cells < self.heatmap_size)).all(-1)
        weights = np.where(inside, keypoints_visible, 0).astype(np.float32)
        return dict(keypoint_labels=labels - half, keypoint_weights=weights)

    def _check_finite(
        self, keypoints: np.ndarray, visible: np.ndarray
    ) -> None:
        """Reject labels that would make the loss NaN or lose a keypoint."""
        finite = np.isfinite(keypoints).all(-1) | (visible == 0)
        for _, index in np.argwhere(~(finite & np.isfinite(visible))):
            x, y = keypoints[0, index]
            raise ValueError(
                f'{self.__class__.__name__} got keypoint {index} with '
                f'visibility {visible[0, index]} at x, y = {x}, {y} of the '
                'input image, which is not finite. Correct the annotation; a '
                'keypoint that is not labelled needs visibility 0.'
            )

    def render(
        self, keypoint_labels: Tensor, keypoint_weights: Tensor
    ) -> Tensor:
        """Render the targets of all levels for a batch.

        A target is the outer product of a Gaussian in y and one in x. If not
        unbiased, these are impulses, blurred with reflected borders.

        Args:
            keypoint_labels (Tensor): (B, K, 2), as from :meth:`encode`
            keypoint_weights (Tensor): (B, K), heatmaps of weight 0 are empty

        Returns:
            Tensor: (L, B, K, H, W), float32, 0 to 255, level 0 coarsest, on
            the device of ``keypoint_labels``. The keypoint's own cell is 255,
            and the reflection can lift cells beside it above 255 near a
            border; if unbiased, 255 is the height at the keypoint itself.
        """
        drawn = keypoint_weights > 0
        # Labels of weight 0 may be NaN, and 0 times NaN is NaN.
        labels = keypoint_labels.float().masked_fill(~drawn.unsqueeze(-1), 0)
        if self.unbiased:
            rows_x, rows_y = (
                sample_gaussians(labels[..., axis], size, self.kernel_sizes)
                for axis, size in enumerate(self.heatmap_size)
            )
        else:
            x, y = labels.long().unbind(-1)
            table_x, table_y = self._tables_on(labels.device)
            rows_x, rows_y = table_x[:, x], table_y[:, y]
        peaks = drawn.to(labels) * PEAK
        columns = rows_y * peaks.unsqueeze(-1)
        return columns.unsqueeze(-1) * rows_x.unsqueeze(-2)

    def _blur_table(self, length: int) -> Tensor:
        """Blur the impulses of a line, (L, length, length), peak 1."""
        rows = [blur_impulses(length, size) for size in self.kernel_sizes]
        return torch.from_numpy(np.stack(rows)).float()

    def _tables_on(self, device: torch.device) -> tuple[Tensor, Tensor]:
        """Copy the tables (L, W, W) and (L, H, H) to a device, once."""
        if device not in self._tables:
            tables = self._tables[torch.device('cpu')]
            self._tables[device] = tuple(table.to(device) for table in tables)
        return self._tables[device]

    def decode(self, encoded: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Decode the heatmaps (K, H, W) of one instance.

        Returns:
            tuple: Keypoints (1, K, 2), scores (1, K): :meth:`decode_tensors`.
        """
        heatmaps = np.ascontiguousarray(encoded)[None]  # not a mirrored view
        keypoints, scores = self.batch_decode(torch.from_numpy(heatmaps))
        return keypoints[0], scores[0]

    @torch.no_grad()
    def batch_decode(
        self, batch_encoded: Tensor
    ) -> tuple[list[np.ndarray], list[np.ndarray]]:
        """Decode the heatmaps (B, K, H, W) of a batch, on their device.

        Returns:
            tuple: B arrays of keypoints (1, K, 2) and B arrays of scores
            (1, K), see :meth:`decode_tensors`.
        """
        keypoints, scores = self.decode_tensors(batch_encoded)
        # one copy to the host for the whole batch
        packed = torch.cat([keypoints, scores[..., None]], -1).cpu().numpy()
        return (
            [person[None, :, :2] for person in packed],
            [person[None, :, 2] for person in packed],
        )

    def decode_tensors(self, heatmaps: Tensor) -> tuple[Tensor, Tensor]:
        """Decode heatmaps with operations that an exported graph can hold.

        Args:
            heatmaps (Tensor): (B, K, H, W), any device and floating type,
                peaks of about 255

        Returns:
            tuple:
            - keypoints (Tensor): (B, K, 2), float32, (x, y) in input-image
              pixels; left of and above the image where a heatmap has no
              positive value
            - scores (Tensor): (B, K), float32, highest cell / 255 + 0.5
        """
        coordinates, heights = find_peaks(
            heatmaps.float(), self.kernel_sizes[-1], self.unbiased
        )
        half = 0.5 if self.unbiased else 0.0
        keypoints = (coordinates + half) * float(self.scale_factor[0]) - half
        return keypoints, heights / PEAK + 0.5
