"""Crop boxes as MMPose's top-down pipeline does, and transform back."""

import cv2
import numpy as np

# pixels; OpenCV crops no image with a longer side. As MAX_SIDE of
# datasets/cut_off_images.py, which the runtime may not import
MAX_SIDE = 2**15 - 2


def pad_boxes(
    boxes: np.ndarray, input_size: tuple[int, int], padding: float
) -> tuple[np.ndarray, np.ndarray]:
    """Enlarge boxes, then extend them to the aspect ratio of the input.

    This equals ``GetBBoxCenterScale`` and the first step of
    ``TopdownAffine``.

    Args:
        boxes (np.ndarray): (N, 4), left, top, right, bottom in image pixels
        input_size (tuple[int, int]): Size of a crop in [w, h]
        padding (float): Size of the padded box, relative to the box

    Returns:
        tuple:
        - centers (np.ndarray): (N, 2), (x, y) in image pixels
        - scales (np.ndarray): (N, 2), width and height in image pixels, with
          the aspect ratio of ``input_size``
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
    """Cut a padded box out of an image, and resize it to the input size.

    The crop is equal to that of ``TopdownAffine`` without rotation, bit by
    bit, because the matrix comes from the same three points in float32.

    Args:
        image (np.ndarray): (rows, columns, 3), uint8
        center (np.ndarray): (2,), center of the padded box, (x, y) in image
            pixels
        scale (np.ndarray): (2,), width and height of the padded box
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
    """Transform keypoints from crops to the image.

    Args:
        keypoints (np.ndarray): (N, K, 2), (x, y) in pixels of the crop
        centers (np.ndarray): (N, 2), centers of the padded boxes
        scales (np.ndarray): (N, 2), sizes of the padded boxes
        input_size (tuple[int, int]): Size of a crop in [w, h]

    Returns:
        np.ndarray: (N, K, 2), (x, y) in image pixels.
    """
    corners = centers - 0.5 * scales
    return keypoints / input_size * scales[:, None] + corners[:, None]


def _three_points(center: np.ndarray, width: float) -> np.ndarray:
    """Return the center, the middle of the left edge, and the corner below."""
    points = np.empty((3, 2), np.float32)
    points[0] = center
    points[1] = center + np.array((width * -0.5, 0.0))
    # the difference of the rounded points, as in `get_warp_matrix`
    across = points[0] - points[1]
    points[2] = points[1] + np.array((-across[1], across[0]), np.float32)
    return points
