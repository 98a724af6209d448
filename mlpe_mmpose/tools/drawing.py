"""Draws skeletons and heatmaps with OpenCV, where torch is not needed."""

from collections.abc import Sequence

import cv2
import numpy as np

# BGR, our choice
LINE = (235, 235, 235)
EDGE = (0, 0, 0)
BOX = (60, 200, 240)
# our choice: the longer side of an image, divided by this, is the radius of
# a keypoint, so that pictures of every size look alike
SIDE_PER_RADIUS = 250
# a place outside of every picture
FAR = 2**24


def draw_skeleton(
    image: np.ndarray,
    points: np.ndarray,
    shown: np.ndarray,
    links: Sequence[tuple[int, int]],
    colors: Sequence[tuple[int, int, int]],
    radius: int = 3,
    thickness: int = 1,
) -> None:
    """Draw the keypoints of one person into an image.

    Note:
        - keypoint number: K

    Args:
        image (np.ndarray): (H, W, 3), uint8, BGR; changed in place
        points (np.ndarray): (K, 2), (x, y) in pixels
        shown (np.ndarray): (K,), bool: the keypoints that are drawn
        links (Sequence[tuple]): Pairs of keypoints
        colors (Sequence[tuple]): BGR colour of each keypoint
        radius (int): Radius of a keypoint. Defaults to 3
        thickness (int): Width of a link. Defaults to 1
    """
    # OpenCV takes coordinates of 32 bits
    places = points.round().clip(-FAR, FAR).astype(int).tolist()
    for start, end in links:
        if shown[start] and shown[end]:
            cv2.line(
                image, places[start], places[end], LINE, thickness, cv2.LINE_AA
            )
    for place, color, visible in zip(places, colors, shown, strict=True):
        if visible:
            cv2.circle(image, place, radius + 1, EDGE, -1, cv2.LINE_AA)
            cv2.circle(image, place, radius, color, -1, cv2.LINE_AA)


def choose_radius(image: np.ndarray) -> int:
    """Return the radius of a keypoint in pixels for the size of an image."""
    return max(2, round(max(image.shape[:2]) / SIDE_PER_RADIUS))


def read_colors(dataset_meta: dict) -> list[tuple[int, int, int]]:
    """Return the BGR colours of the keypoints of a ``dataset_meta``."""
    colors = np.asarray(dataset_meta['keypoint_colors'])[:, ::-1]
    return [tuple(color) for color in colors.tolist()]


def draw_people(
    image: np.ndarray,
    boxes: np.ndarray,
    keypoints: np.ndarray,
    shown: np.ndarray,
    links: Sequence[tuple[int, int]],
    colors: Sequence[tuple[int, int, int]],
) -> np.ndarray:
    """Draw the boxes and skeletons of people.

    Args:
        image (np.ndarray): (H, W, 3), uint8, BGR
        boxes (np.ndarray): (N, 4 or more), left, top, right, bottom in pixels
        keypoints (np.ndarray): (N, K, 2), (x, y) in pixels
        shown (np.ndarray): (N, K), bool: the keypoints that are drawn
        links (Sequence[tuple]): Pairs of keypoints
        colors (Sequence[tuple]): BGR colour of each keypoint

    Returns:
        np.ndarray: The picture, (H, W, 3), uint8, BGR.
    """
    picture = image.copy()
    radius = choose_radius(image)
    for box, points, visible in zip(boxes, keypoints, shown, strict=True):
        left, top, right, bottom = box[:4].round().astype(int).tolist()
        cv2.rectangle(picture, (left, top), (right, bottom), BOX)
        width = max(radius // 2, 1)
        draw_skeleton(picture, points, visible, links, colors, radius, width)
    return picture


def draw_heatmaps_over(
    image: np.ndarray, heatmaps: np.ndarray, areas: np.ndarray
) -> np.ndarray:
    """Draw the maximum over all heatmaps of all people over an image.

    Note:
        - people: N
        - keypoint number: K

    Args:
        image (np.ndarray): (rows, columns, 3), uint8, BGR
        heatmaps (np.ndarray): (N, K, H, W), peaks of about 255
        areas (np.ndarray): (N, 4), left, top, right, bottom in pixels of the
            image: the part of the image that a person's heatmaps cover

    Returns:
        np.ndarray: (rows, columns, 3), uint8, BGR.
    """
    rows, columns = image.shape[:2]
    highest = np.zeros((rows, columns), np.uint8)
    for maps, (left, top, right, bottom) in zip(heatmaps, areas, strict=True):
        person = maps.max(0).clip(0, 255).astype(np.uint8)
        height, width = person.shape
        x_scale, y_scale = (right - left) / width, (bottom - top) / height
        # the centre of a cell stays its centre
        place = np.array(
            [
                [x_scale, 0, left + (x_scale - 1) / 2],
                [0, y_scale, top + (y_scale - 1) / 2],
            ]
        )
        # nearest neighbour keeps the cells of the heatmap visible
        placed = cv2.warpAffine(
            person, place, (columns, rows), flags=cv2.INTER_NEAREST
        )
        np.maximum(highest, placed, out=highest)
    colored = cv2.applyColorMap(highest, cv2.COLORMAP_INFERNO)
    return cv2.addWeighted(image, 0.35, colored, 0.65, 0)
