"""What stands behind and in front of the people: walls, floors, things.

All of it is whole-number arithmetic and OpenCV functions that are exact:
filled polygons, saturating sums, and the bit-exact resize.
"""

import cv2
import numpy as np

from .dice import Dice
from .figure import GRID, SHIFT
from .skeleton import SINES
from .wardrobe import any_colour, shaded

# Texture scales in pixels and the strength of the noise at each, as the
# number of bits taken off a byte: blobs of up to 64 grey levels, spots of
# 32, grain of 16. Ours.
_SCALES = ((40, 2), (8, 3), (1, 4))
_CORNERS = 24  # of a round thing


def paint_background(dice: Dice, size: tuple[int, int]) -> np.ndarray:
    """Draw a textured background with some clutter.

    Args:
        dice (Dice): Where the draws come from
        size (tuple): Image size [w, h]

    Returns:
        np.ndarray: Picture in shape (h, w, 3), uint8, blue first.
    """
    width, height = size
    image = _texture(dice, size)
    if dice.chance(0.6):
        floor = dice.integer(height * 4 // 10, height * 6 // 10)
        image[floor:] = _texture(dice, (width, height - floor))
    if dice.chance(0.2):
        _paint_stripes(dice, image)
    for _ in range(dice.integer(0, 3)):
        paint_thing(dice, image, None, 0)
    return image


def add_grain(dice: Dice, image: np.ndarray) -> np.ndarray:
    """Add the noise of a sensor: up to 4 grey levels up or down."""
    brighter = cv2.add(image, dice.noise(image.shape) >> 5)
    return cv2.subtract(brighter, np.full_like(image, 4))


def _texture(dice: Dice, size: tuple[int, int]) -> np.ndarray:
    """Draw a smooth change of colours with noise at several scales."""
    width, height = size
    corners = [_muted(dice) for _ in range(2)]
    image = np.array([corners, corners[::-1]], np.uint8)
    if dice.chance(0.5):  # from top to bottom, not along a diagonal
        image[1] = image[1, ::-1]
        image = np.ascontiguousarray(image.transpose(1, 0, 2))
    for scale, bits in _SCALES:
        shape = (max(2, width // scale), max(2, height // scale))
        if scale == 1:
            shape = size
        image = cv2.resize(image, shape, interpolation=cv2.INTER_LINEAR_EXACT)
        noise = dice.noise(image.shape[:2]) >> (bits + dice.integer(0, 2))
        image = cv2.add(image, cv2.merge([noise] * 3))
    return image


def _muted(dice: Dice) -> tuple[int, ...]:
    """Draw a colour that is half grey, as most walls and floors are."""
    grey = dice.integer(30, 200)
    return tuple(
        (grey + channel) // 2 for channel in any_colour(dice, 20, 200)
    )


def _paint_stripes(dice: Dice, image: np.ndarray) -> None:
    """Paint parallel bars over the picture: planks, blinds, a fence."""
    height, width = image.shape[:2]
    colour = _muted(dice)
    angle = dice.choice((0, 0, 90, 90, dice.integer(0, 179)))
    cos, sin = SINES[(angle + 90) % 360], SINES[angle]
    reach = width + height
    gap, share = dice.integer(10, 60), dice.uniform(0.1, 0.5)
    for start in range(-reach, reach, gap):
        near, far = start, start + gap * share
        bar = [
            (width / 2 + u * cos - v * sin, height / 2 + u * sin + v * cos)
            for u, v in (
                (-reach, near),
                (reach, near),
                (reach, far),
                (-reach, far),
            )
        ]
        _fill(image, None, bar, colour, 0)


def paint_thing(
    dice: Dice, image: np.ndarray, owners: np.ndarray | None, code: int
) -> None:
    """Paint one thing: a box, a pole, a table or a round one.

    Args:
        dice (Dice): Where the draws come from
        image (np.ndarray): Picture to paint into, (H, W, 3), uint8
        owners (np.ndarray, optional): Map of owners, (H, W), uint16
        code (int): Owner of the thing's pixels
    """
    height, width = image.shape[:2]
    colour = any_colour(dice)
    x = dice.uniform(0, width)
    kind = dice.choice(('box', 'pole', 'table', 'ball'))
    if kind == 'ball':
        y, radius = dice.uniform(0, height), dice.uniform(0.04, 0.14) * height
        _paint_ball(image, owners, (x, y, radius), colour, code)
        return
    bottom = dice.uniform(0.55, 1.15) * height
    if kind == 'pole':
        half = dice.uniform(0.008, 0.035) * width
        boxes = [(x - half, -1, x + half, bottom)]
    elif kind == 'box':
        half = dice.uniform(0.04, 0.14) * width
        top = bottom - dice.uniform(0.12, 0.4) * height
        boxes = [(x - half, top, x + half, bottom)]
    else:
        half, leg = dice.uniform(0.1, 0.25) * width, 0.012 * width
        top = bottom - dice.uniform(0.2, 0.35) * height
        board = top + 0.05 * height
        boxes = [
            (x - half + leg, board, x - half + 3 * leg, bottom),
            (x + half - 3 * leg, board, x + half - leg, bottom),
            (x - half, top, x + half, board),
        ]
    for box in boxes:
        _paint_box(image, owners, box, colour, code)


def _paint_box(image, owners, box, colour, code) -> None:
    """Paint a front with a darker rim of 6 % of its smaller side."""
    left, top, right, bottom = box
    rim = 0.06 * min(right - left, bottom - top) + 1
    outline = [(left, top), (right, top), (right, bottom), (left, bottom)]
    _fill(image, owners, outline, shaded(colour, 60), code)
    left, top, right, bottom = left + rim, top + rim, right - rim, bottom - rim
    if left < right and top < bottom:
        front = [(left, top), (right, top), (right, bottom), (left, bottom)]
        _fill(image, None, front, colour, code)


def _paint_ball(image, owners, ball, colour, code) -> None:
    """Paint a disc that is lit from the upper left."""
    x, y, radius = ball
    for share, percent in ((1.0, 60), (0.8, 100), (0.35, 125)):
        lit = (1.0 - share) * 0.4 * radius
        rim = [
            (
                x - lit + share * radius * SINES[(90 + degree) % 360],
                y - lit + share * radius * SINES[degree],
            )
            for degree in range(0, 360, 360 // _CORNERS)
        ]
        _fill(image, owners, rim, shaded(colour, percent), code)


def _fill(image, owners, outline, colour, code) -> None:
    """Fill a convex outline in the picture and in the map of owners."""
    corners = np.rint(np.array(outline) * GRID).astype(np.int32)
    cv2.fillConvexPoly(image, corners, colour, cv2.LINE_AA, SHIFT)
    if owners is not None:
        cv2.fillConvexPoly(owners, corners, code, 8, SHIFT)
