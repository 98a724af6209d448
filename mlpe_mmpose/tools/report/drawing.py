"""Draws poses, and heatmaps over a crop, as panels of a page."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from mlpe_mmpose.tools.drawing import draw_heatmaps_over, draw_skeleton
from mlpe_mmpose.tools.read_image import read_image

from .diagnosis.findings import ExamplePerson

# our choice: height of a panel in pixels, or width of one that would be wider,
# and margin as a part of the box
HEIGHT, WIDTH, MARGIN = 220, 1100, 0.25
# BGR colours of the kinds of error
COLORS = {
    '': (90, 200, 60),
    'jitter': (60, 200, 240),
    'inversion': (240, 120, 60),
    'swap': (220, 70, 200),
    'miss': (60, 60, 230),
}


def draw_person(
    person: ExamplePerson, folder: Path, links: Sequence[tuple[int, int]]
) -> list[tuple[str, np.ndarray]]:
    """Draw the annotation and the prediction of one person.

    Args:
        person (ExamplePerson): The person; keypoints that are not labelled
            have no kind of error, so they are drawn in neither panel
        folder (Path): Folder of the images; a missing image is drawn black,
            because the rest of the page is still useful
        links (Sequence[tuple]): Pairs of keypoints

    Returns:
        list[tuple]: Two pairs of a name and a panel, as of
        :func:`draw_pose`; the second is without a pose if nobody was found.
    """
    try:
        picture = read_image(folder / person.file_name)
    except OSError:
        picture = None
    right = ('',) * len(person.kinds)
    panels = []
    for name, keypoints, kinds in (
        ('truth', person.truth, right),
        ('prediction', person.predicted, person.kinds),
    ):
        if keypoints is not None:
            keypoints = np.where(person.truth[:, 2:] > 0, keypoints, 0)
        panel = draw_pose(picture, person.box, keypoints, kinds, links)
        panels.append((name, panel))
    return panels


def draw_pose(
    image: np.ndarray | None,
    box: Sequence[float],
    keypoints: np.ndarray | None,
    kinds: Sequence[str],
    links: Sequence[tuple[int, int]],
) -> np.ndarray:
    """Draw a pose over the part of the image around a box.

    Args:
        image (np.ndarray, optional): (H, W, 3), BGR; black if ``None``
        box (Sequence[float]): [x, y, w, h], pixels
        keypoints (np.ndarray, optional): (K, 3), x, y, and a third value
            that is 0 for keypoints that are not drawn
        kinds (Sequence[str]): K kinds of error, which choose the colours
        links (Sequence[tuple]): Pairs of keypoints

    Returns:
        np.ndarray: (``HEIGHT``, W, 3), BGR, or (H, ``WIDTH``, 3) if it would
        be wider.
    """
    left, top, width, height = box
    pad = MARGIN * max(width, height)
    x0, x1 = int(left - pad), int(left + width + pad) + 1
    y0, y1 = int(top - pad), int(top + height + pad) + 1
    if image is not None:
        # at least one pixel, even for a box outside of the image
        x0 = min(max(x0, 0), image.shape[1] - 1)
        y0 = min(max(y0, 0), image.shape[0] - 1)
        x1 = max(min(x1, image.shape[1]), x0 + 1)
        y1 = max(min(y1, image.shape[0]), y0 + 1)
    scale = min(HEIGHT / (y1 - y0), WIDTH / (x1 - x0))
    size = [max(round(side * scale), 1) for side in (x1 - x0, y1 - y0)]
    if image is None:
        panel = np.zeros((*size[::-1], 3), np.uint8)
    else:
        panel = cv2.resize(image[y0:y1, x0:x1], size)
    if keypoints is None:
        return panel
    # the centre of a pixel stays the centre when the pixel is enlarged
    points = (keypoints[:, :2] - (x0, y0) + 0.5) * scale - 0.5
    colors = [COLORS[kind] for kind in kinds]
    draw_skeleton(panel, points, keypoints[:, 2] > 0, links, colors)
    return panel


def draw_heatmaps(crop: np.ndarray, heatmaps: np.ndarray) -> np.ndarray:
    """Draw the maximum over all heatmaps of a level over the crop.

    Args:
        crop (np.ndarray): (h, w, 3), BGR, the network's input
        heatmaps (np.ndarray): (K, H, W), peaks of 255

    Returns:
        np.ndarray: (``HEIGHT``, W, 3), BGR.
    """
    size = int(crop.shape[1] * HEIGHT / crop.shape[0]), HEIGHT
    area = np.array([[0, 0, *size]])
    return draw_heatmaps_over(cv2.resize(crop, size), heatmaps[None], area)
