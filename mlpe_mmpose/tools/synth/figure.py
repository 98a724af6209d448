"""Draw one person, part by part from back to front.

A part is the convex hull of a few circles around points of the skeleton. A
part is painted twice: as colours into the image, and as a code into the map
of owners, which says for each pixel what is visible there.

All shapes are filled polygons with corners rounded to 1/16 pixel, because
OpenCV fills those with integer arithmetic. Its thick lines, ellipses and
blends use floating point, which may differ between machines.
"""

import math
from dataclasses import dataclass

import cv2
import numpy as np

from .dice import Dice
from .parts import HEAD_PARTS, PARTS
from .pose import sample_pose
from .skeleton import SINES, place_joints, sample_build, sample_view
from .wardrobe import sample_wardrobe

SHIFT = 4  # corners are integers in units of 1/16 pixel
GRID = 1 << SHIFT
CODES_PER_PERSON = 64  # more than the number of parts
_CORNERS = 16  # of a circle; at radius 25 the error is below 0.5 pixels
_MIN_RADIUS = 0.75  # pixels; every part covers at least one pixel
_CIRCLE = np.array(
    [
        (SINES[(90 + degree) % 360], SINES[degree])
        for degree in (i * 360 // _CORNERS for i in range(_CORNERS))
    ]
)
# Our choice: the bright inside of a part has this share of the radius, and is
# moved by this share of it toward the light, which comes from the upper left.
_INSIDE, _TO_LIGHT = 0.82, 0.07
_PUPIL = 0.6  # of the radius of the eye
_CENTRES = [point for part in PARTS for point, _ in part.circles]
_RADII = [radius for part in PARTS for _, radius in part.circles]
_LIT = np.array(
    [
        _PUPIL if part.material == 'eye' else _INSIDE
        for part in PARTS
        for _ in part.circles
    ]
)
_SIZES = [len(part.circles) for part in PARTS]
_ENDS = [sum(_SIZES[: i + 1]) for i in range(len(PARTS))]
_NUM_HEAD_CIRCLES = sum(len(part.circles) for part in HEAD_PARTS)


@dataclass
class Figure:
    """A person in body heights, without a place in an image.

    Args:
        points (dict): Points of the skeleton, in body heights
        radii (list): Radius of every circle of ``PARTS``, in body heights
        wardrobe (dict): Colours, see :func:`.wardrobe.sample_wardrobe`
    """

    points: dict[str, tuple[float, float, float]]
    radii: list[float]
    wardrobe: dict

    def bound(self) -> tuple[float, float, float, float]:
        """Return left, top, right and bottom in body heights, y down."""
        spots = [self.points[name] for name in _CENTRES]
        sides = list(zip(spots, self.radii, strict=True))
        return (
            min(x - radius for (x, _, _), radius in sides),
            min(-y - radius for (_, y, _), radius in sides),
            max(x + radius for (x, _, _), radius in sides),
            max(-y + radius for (_, y, _), radius in sides),
        )


def sample_figure(dice: Dice) -> Figure:
    """Draw pose, view, build and clothes of a person."""
    build = sample_build(dice)
    points = place_joints(sample_pose(dice), sample_view(dice), build)
    radii = [
        radius * (build.head if i < _NUM_HEAD_CIRCLES else build.girth)
        for i, radius in enumerate(_RADII)
    ]
    return Figure(points, radii, sample_wardrobe(dice))


def round_to_grid(value: float) -> float:
    """Round a coordinate in pixels to the grid of 1/16 pixel."""
    return math.floor(value * GRID + 0.5) / GRID


def draw_figure(
    image: np.ndarray,
    owners: np.ndarray,
    figure: Figure,
    place: tuple[float, float, float],
    code: int,
) -> None:
    """Paint a figure over the image.

    Args:
        image (np.ndarray): Image to paint into, (H, W, 3), uint8
        owners (np.ndarray): Map to paint into, (H, W), uint16
        figure (Figure): The person
        place (tuple): Middle of the hips (x, y), and body height, in pixels
        code (int): Code of the first part in the map of owners; the codes of
            the other parts follow. All parts get the same code if it is no
            multiple of ``CODES_PER_PERSON``
    """
    outer, inner = _place_circles(figure, place)
    points, spread = figure.points, code % CODES_PER_PERSON == 0
    nearness = [
        part.bias
        + sum(points[name][2] for name, _ in part.circles) / len(part.circles)
        for part in PARTS
    ]
    for i in sorted(range(len(PARTS)), key=nearness.__getitem__):
        colours = figure.wardrobe[PARTS[i].material]
        if colours is None:
            continue
        span = slice(_ENDS[i] - _SIZES[i], _ENDS[i])
        hull = cv2.convexHull(outer[span].reshape(-1, 2))
        cv2.fillConvexPoly(owners, hull, code + i * spread, 8, SHIFT)
        cv2.fillConvexPoly(image, hull, colours[0], cv2.LINE_AA, SHIFT)
        hull = cv2.convexHull(inner[span].reshape(-1, 2))
        cv2.fillConvexPoly(image, hull, colours[1], cv2.LINE_AA, SHIFT)


def _place_circles(figure: Figure, place) -> tuple[np.ndarray, np.ndarray]:
    """Return the corners of all rims, and of all bright insides.

    Both arrays have shape (circles, corners, 2), in units of the grid.
    """
    x, y, height = place
    spots = [figure.points[name] for name in _CENTRES]
    centres = np.array([(x + u * height, y - v * height) for u, v, _ in spots])
    radii = np.array([max(r * height, _MIN_RADIUS) for r in figure.radii])
    rims = centres[:, None] * GRID + radii[:, None, None] * (GRID * _CIRCLE)
    lit = (centres - _TO_LIGHT * radii[:, None])[:, None] * GRID
    lit = lit + (radii * _LIT)[:, None, None] * (GRID * _CIRCLE)
    return np.rint(rims).astype(np.int32), np.rint(lit).astype(np.int32)
