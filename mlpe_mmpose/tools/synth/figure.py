"""Draw one person, part by part from back to front.

A part is the convex hull of a few circles around points of the skeleton. A
part is painted twice: as colours into the image, and as a code into the map
of owners, which says for each pixel what is visible there.

All shapes are filled polygons with corners rounded to 1/16 pixel, because
OpenCV fills those with integer arithmetic. Its thick lines, ellipses and
blends use floating point, which may differ between machines.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from .dice import Dice
from .parts import BODY_PARTS, HEAD_PARTS, PARTS, Colour, sample_wardrobe
from .pose import sample_pose
from .skeleton import SINES, place_joints, sample_build, sample_view

_SHIFT = 4  # corners are integers in units of 1/16 pixel
_GRID = 1 << _SHIFT
CODES_PER_PERSON = 64  # more than the number of parts
_MIN_RADIUS = 0.75  # pixels; every part covers at least one pixel
# Our choice: the bright inside of a part has this share of the radius, and is
# moved by this share of it toward the light, which comes from the upper left.
_INSIDE, _TO_LIGHT = 0.82, 0.07
_PUPIL = 0.6  # of the radius of the eye


def make_circle(corners: int) -> np.ndarray:
    """Return the corners of a circle of radius 1, in shape (corners, 2)."""
    degrees = [i * 360 // corners for i in range(corners)]
    return np.array([(SINES[(90 + d) % 360], SINES[d]) for d in degrees])


def _list_radii(parts) -> np.ndarray:
    """Return the radii of all circles of parts, in body heights."""
    return np.array([r for part in parts for r in part.circles.values()])


_CIRCLE = make_circle(16)  # at radius 25 the error is below 0.5 pixels
_HEAD_RADII, _BODY_RADII = _list_radii(HEAD_PARTS), _list_radii(BODY_PARTS)
_CENTRES = [point for part in PARTS for point in part.circles]
_SIZES = [len(part.circles) for part in PARTS]
_LIT = np.repeat(
    [_PUPIL if part.material == 'eye' else _INSIDE for part in PARTS], _SIZES
)


@dataclass
class Figure:
    """A person in body heights, without a place in an image.

    Args:
        points (dict): Points of the skeleton, in body heights
        radii (np.ndarray): Radius of every circle of ``PARTS``, in body
            heights
        wardrobe (dict): Colours, see :func:`.parts.sample_wardrobe`
    """

    points: dict[str, np.ndarray]
    radii: np.ndarray
    wardrobe: dict[str, tuple[Colour, Colour] | None]

    def list_centres(self) -> np.ndarray:
        """Return the centre (x, y) of every circle, y down."""
        return np.array([self.points[name][:2] for name in _CENTRES]) * (1, -1)

    def bound(self) -> list[float]:
        """Return left, top, right and bottom in body heights, y down."""
        centres, radii = self.list_centres(), self.radii[:, None]
        low, high = (centres - radii).min(0), (centres + radii).max(0)
        return [*low.tolist(), *high.tolist()]


def sample_figure(dice: Dice) -> Figure:
    """Draw pose, view, build and clothes of a person."""
    build = sample_build(dice)
    points = place_joints(sample_pose(dice), sample_view(dice), build)
    radii = [_HEAD_RADII * build.head, _BODY_RADII * build.girth]
    return Figure(points, np.concatenate(radii), sample_wardrobe(dice))


def round_to_grid(value: np.ndarray | float) -> np.ndarray | float:
    """Round coordinates in pixels to the grid of 1/16 pixel."""
    return np.floor(value * _GRID + 0.5) / _GRID


def to_corners(points: np.ndarray) -> np.ndarray:
    """Convert points in pixels to the integers that OpenCV fills between."""
    return np.rint(points * _GRID).astype(np.int32)


def fill_polygon(
    image: np.ndarray,
    owners: np.ndarray | None,
    corners: np.ndarray,
    colour: Colour,
    code: int = 0,
) -> None:
    """Fill a convex polygon in the image and in the map of owners.

    Args:
        image (np.ndarray): Image to paint into, (H, W, 3), uint8
        owners (np.ndarray, optional): Map to paint into, (H, W), uint16
        corners (np.ndarray): Corners of the polygon, see :func:`to_corners`
        colour (tuple): Colour in the image
        code (int): Value in the map of owners
    """
    cv2.fillConvexPoly(image, corners, colour, cv2.LINE_AA, _SHIFT)
    if owners is not None:
        cv2.fillConvexPoly(owners, corners, code, 8, _SHIFT)


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
    rims, insides = _place_circles(figure, place)
    points, spread = figure.points, code % CODES_PER_PERSON == 0
    nearness = [
        part.bias
        + sum(points[name][2] for name in part.circles) / len(part.circles)
        for part in PARTS
    ]
    for i in sorted(range(len(PARTS)), key=nearness.__getitem__):
        colours = figure.wardrobe[PARTS[i].material]
        if colours is None:
            continue
        rim, inside = cv2.convexHull(rims[i]), cv2.convexHull(insides[i])
        fill_polygon(image, owners, rim, colours[0], code + i * spread)
        fill_polygon(image, None, inside, colours[1])


def _place_circles(figure: Figure, place) -> list[list[np.ndarray]]:
    """Return the corners of the rim, and of the bright inside, of each part.

    They are those of all circles of the part, in shape (corners, 2).
    """
    x, y, height = place
    centres = (figure.list_centres() * height + (x, y))[:, None]
    radii = np.maximum(figure.radii * height, _MIN_RADIUS)[:, None, None]
    rims = centres + radii * _CIRCLE
    lit = radii * _LIT[:, None, None]
    insides = centres - _TO_LIGHT * radii + lit * _CIRCLE
    ends = np.cumsum(_SIZES)[:-1] * len(_CIRCLE)
    return [
        np.split(to_corners(circles).reshape(-1, 2), ends)
        for circles in (rims, insides)
    ]
