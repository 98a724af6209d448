"""Boxes to crops as MMPose's top-down pipeline makes them, and back."""

import cv2
import numpy as np


def padded_boxes(
    boxes: np.ndarray, input_size: tuple[int, int], padding: float
) -> tuple[np.ndarray, np.ndarray]:
    """Enlarge boxes, then widen or heighten them to the input's shape.

    The same as ``GetBBoxCenterScale`` and what ``TopdownAffine`` does first.

    Args:
        boxes (np.ndarray): (N, 4), left, top, right, bottom in image pixels
        input_size (tuple[int, int]): Size of a crop in [w, h]
        padding (float): The padded box, relative to the box

    Returns:
        tuple:
        - centers (np.ndarray): (N, 2), (x, y) in image pixels
        - scales (np.ndarray): (N, 2), width and height in image pixels, in
          the proportion of ``input_size``
    """
    centers = (boxes[:, 2:] + boxes[:, :2]) * 0.5
    width, height = ((boxes[:, 2:] - boxes[:, :2]) * padding).T
    aspect = input_size[0] / input_size[1]
    wide = width > height * aspect
    scales = np.where(
        wide, (width, width / aspect), (height * aspect, height)
    ).T
    return centers, scales


def crop(
    image: np.ndarray,
    center: np.ndarray,
    scale: np.ndarray,
    input_size: tuple[int, int],
) -> np.ndarray:
    """Cut a padded box out of an image, to the input's size.

    Equal to ``TopdownAffine`` without rotation, bit by bit: the same three
    points in float32 make the same matrix.

    Args:
        image (np.ndarray): (rows, columns, 3), uint8
        center (np.ndarray): (2,), of the box, (x, y) in image pixels
        scale (np.ndarray): (2,), of the box, width and height
        input_size (tuple[int, int]): Size of the crop in [w, h]

    Returns:
        np.ndarray: (h, w, 3), uint8; black outside the image.
    """
    width, height = input_size
    source = _three_points(center, scale[0])
    target = _three_points(np.array((width, height)) * 0.5, width)
    matrix = cv2.getAffineTransform(source, target)
    return cv2.warpAffine(
        image, matrix, (width, height), flags=cv2.INTER_LINEAR
    )


def to_image(
    keypoints: np.ndarray,
    centers: np.ndarray,
    scales: np.ndarray,
    input_size: tuple[int, int],
) -> np.ndarray:
    """Carry keypoints (N, K, 2) from the crops back to the image.

    Args:
        keypoints (np.ndarray): (N, K, 2), (x, y) in pixels of the crop
        centers (np.ndarray): (N, 2), of the padded boxes
        scales (np.ndarray): (N, 2), of the padded boxes
        input_size (tuple[int, int]): Size of a crop in [w, h]

    Returns:
        np.ndarray: (N, K, 2), (x, y) in image pixels.
    """
    corners = centers - 0.5 * scales
    return keypoints / input_size * scales[:, None] + corners[:, None]


def _three_points(center: np.ndarray, width: float) -> np.ndarray:
    """The middle, the left edge's, and the corner below it; float32."""
    points = np.empty((3, 2), np.float32)
    points[0] = center
    points[1] = center + np.array((width * -0.5, 0.0))
    # the difference of the rounded points, as `get_warp_matrix` has it
    across = points[0] - points[1]
    points[2] = points[1] + np.array((-across[1], across[0]), np.float32)
    return points
