"""The codec of MLPE: graded Gaussian targets, rendered by the batch."""

from collections.abc import Sequence

import numpy as np
import torch
from mmpose.codecs.base import BaseKeypointCodec
from mmpose.registry import KEYPOINT_CODECS
from torch import Tensor

from .gaussian_window import gaussian_rows
from .heatmap_peaks import find_peaks

# the height of a target's peak (the release; MegviiHeatmap has the same)
PEAK = 255.0


@KEYPOINT_CODECS.register_module()
class MLPEHeatmap(BaseKeypointCodec):
    """Graded heatmaps of the multi-level pose network (MLPE, Shao et al.).

    Renders what one :class:`MegviiHeatmap` per level would, but on the
    model's device and for the whole batch: :meth:`encode`, which runs in the
    data pipeline, only carries coordinates and weights; the head calls
    :meth:`render`. Of the heads only :class:`MLPEHead` does, so no other
    can be trained with this codec. Decodes like :class:`MegviiHeatmap`,
    batched on the device, with the half-cell offset everywhere and not only
    away from the border.

    Note:
        - batch size: B
        - instance number: N (always 1, top-down)
        - keypoint number: K
        - level number: L, level 0 is the coarsest
        - input image size: [w, h]
        - heatmap size: [W, H]

    Encoded:
        - keypoint_labels (np.ndarray): (1, K, 2), float32, (x, y) in heatmap
          cells: input pixels / stride
        - keypoint_weights (np.ndarray): (1, K), the visibility that was
          given, 0 where the keypoint lies outside the heatmap

    Args:
        input_size (tuple): Input image size in [w, h]
        heatmap_size (tuple): Heatmap size in [W, H]; the input size divided
            by one whole number, the stride of the finest feature map
        kernel_sizes (Sequence[int]): Odd Gaussian window of each level,
            coarse to fine, in heatmap cells. (15, 11, 9, 7) at 192x256 and
            (23, 17, 13, 9) at 288x384 in the release. The last one is also
            that of the refined heatmaps, and of the blur before decoding

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
                'For a stride of 4, set heatmap_size='
                f'{tuple(size // 4 for size in input_size)}.'
            )
        if (
            not isinstance(kernel_sizes, Sequence)
            or not kernel_sizes
            or any(size < 1 or size % 2 == 0 for size in kernel_sizes)
        ):
            raise ValueError(
                f'{name} needs a positive odd window for each level in '
                f'kernel_sizes, got {kernel_sizes}.'
            )
        self.input_size = tuple(input_size)
        self.heatmap_size = tuple(heatmap_size)
        self.kernel_sizes = tuple(kernel_sizes)
        self.scale_factor = (np.array(input_size) / heatmap_size).astype(
            np.float32
        )
        width, height = self.heatmap_size
        # made here, and not on first use, where torch.compile could not look
        # into OpenCV; then one copy a device
        self._rows = {
            torch.device('cpu'): (self._blurred(width), self._blurred(height))
        }

    def encode(
        self,
        keypoints: np.ndarray,
        keypoints_visible: np.ndarray | None = None,
    ) -> dict:
        """Carry keypoints to the heatmap's grid; no map is made here.

        Args:
            keypoints (np.ndarray): (1, K, 2), (x, y) in input-image pixels
            keypoints_visible (np.ndarray, optional): (1, K), 0 for not
                labelled. Defaults to all labelled

        Returns:
            dict:
            - keypoint_labels (np.ndarray): (1, K, 2), float32, in cells
            - keypoint_weights (np.ndarray): (1, K), float32

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
        labels, inside = self._to_cells(keypoints.astype(np.float32))
        weights = keypoints_visible.astype(np.float32)
        weights = np.where(inside, weights, np.float32(0))
        return dict(keypoint_labels=labels, keypoint_weights=weights)

    def _check_finite(
        self, keypoints: np.ndarray, visible: np.ndarray
    ) -> None:
        """Refuse what would make the loss NaN, or silently not count."""
        finite = np.isfinite(keypoints).all(-1) | (visible == 0)
        for _, index in np.argwhere(~(finite & np.isfinite(visible))):
            x, y = keypoints[0, index]
            raise ValueError(
                f'{self.__class__.__name__} got keypoint {index} with '
                f'visibility {visible[0, index]} at x, y = {x}, {y} of the '
                'input image, which is not finite. Correct the annotation; a '
                'keypoint that is not labelled needs visibility 0.'
            )

    def _to_cells(
        self, keypoints: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Labels (1, K, 2), and which of them are in the heatmap (1, K)."""
        labels = keypoints / self.scale_factor
        # truncated, as MegviiHeatmap does: (-1, 0) belongs to cell 0
        cells = np.trunc(labels)
        return labels, ((cells >= 0) & (cells < self.heatmap_size)).all(-1)

    def render(
        self, keypoint_labels: Tensor, keypoint_weights: Tensor
    ) -> Tensor:
        """Draw the targets of all levels, for the batch, in one call.

        A target is a unit impulse blurred by a Gaussian window with its
        border reflected, then scaled so that the impulse's cell is 255.
        Blurring is separable, so a target is the outer product of two rows
        of a table that was made once.

        Args:
            keypoint_labels (Tensor): (B, K, 2), as from :meth:`encode`
            keypoint_weights (Tensor): (B, K), maps of weight 0 are empty

        Returns:
            Tensor: (L, B, K, H, W), float32, 0 to 255, level 0 coarsest, on
            the device of ``keypoint_labels``. Near a border the reflection
            can lift cells beside the keypoint's above 255.
        """
        rows_x, rows_y = self._rows_on(keypoint_labels.device)
        cells = keypoint_labels.long()
        x = cells[..., 0].clamp(0, self.heatmap_size[0] - 1)
        y = cells[..., 1].clamp(0, self.heatmap_size[1] - 1)
        peaks = (keypoint_weights > 0).to(rows_y) * PEAK
        columns = rows_y[:, y] * peaks[None, :, :, None]
        return columns.unsqueeze(-1) * rows_x[:, x].unsqueeze(-2)

    def _blurred(self, length: int) -> Tensor:
        """The blurred impulses of a line, (L, length, length), peak 1."""
        rows = [gaussian_rows(length, size) for size in self.kernel_sizes]
        return torch.from_numpy(np.stack(rows)).float()

    def _rows_on(self, device: torch.device) -> tuple[Tensor, Tensor]:
        """The tables (L, W, W) and (L, H, H) on a device, copied once."""
        if device not in self._rows:
            tables = self._rows[torch.device('cpu')]
            self._rows[device] = tuple(table.to(device) for table in tables)
        return self._rows[device]

    def decode(self, encoded: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Decode one person; see :meth:`batch_decode`.

        Args:
            encoded (np.ndarray): Heatmaps in shape (K, H, W)

        Returns:
            tuple:
            - keypoints (np.ndarray): (1, K, 2), input-image pixels
            - scores (np.ndarray): (1, K)
        """
        keypoints, scores = self.batch_decode(torch.from_numpy(encoded)[None])
        return keypoints[0], scores[0]

    @torch.no_grad()
    def batch_decode(
        self, batch_encoded: Tensor
    ) -> tuple[list[np.ndarray], list[np.ndarray]]:
        """Decode the maxima of blurred heatmaps, as in CPN (2018).

        The maximum moves a quarter cell toward the higher neighbour in x and
        in y, unless its cell is on the border, then half a cell, to the
        middle of its cell. :class:`MegviiHeatmap` does neither in the second
        column and row as well, but both in the last but one: mirrored maps
        would not decode to mirrored keypoints.

        Args:
            batch_encoded (Tensor): Heatmaps in shape (B, K, H, W), any
                device and floating type, the peak about 255

        Returns:
            tuple:
            - batch_keypoints (list[np.ndarray]): B arrays (1, K, 2), (x, y)
              in input-image pixels; minus one cell where a map has no
              positive value
            - batch_scores (list[np.ndarray]): B arrays (1, K), peak
              height / 255 + 0.5
        """
        keypoints, scores = self.decode_tensors(batch_encoded)
        # one copy to the host for the whole batch
        packed = torch.cat([keypoints, scores.unsqueeze(-1)], -1)
        packed = packed.cpu().numpy()
        return (
            [person[None, :, :2] for person in packed],
            [person[None, :, 2] for person in packed],
        )

    def decode_tensors(self, heatmaps: Tensor) -> tuple[Tensor, Tensor]:
        """The part of :meth:`batch_decode` that an exported graph holds.

        Args:
            heatmaps (Tensor): (B, K, H, W), any device and floating type

        Returns:
            tuple:
            - keypoints (Tensor): (B, K, 2), float32, (x, y) in input-image
              pixels
            - scores (Tensor): (B, K), float32
        """
        window = self.kernel_sizes[-1]
        places, heights = find_peaks(heatmaps.float(), window)
        # one stride for both axes, see __init__
        return places * float(self.scale_factor[0]), heights / PEAK + 0.5
