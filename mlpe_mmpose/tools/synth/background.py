"""Draw walls and floors behind the people, and things anywhere.

This uses integer arithmetic and exact OpenCV functions only: filled polygons,
saturating sums, and the bit-exact resize.
"""

import cv2
import numpy as np

from .dice import Dice
from .figure import fill_polygon, make_circle, to_corners
from .parts import Colour, draw_colour, scale_brightness
from .skeleton import SINES

# Our choice: texture scales in pixels, and by how many bits a byte of noise is
# shifted right there. Blobs have up to 64 grey levels, spots 32, grain 16.
_SCALES = ((40, 2), (8, 3), (1, 4))
_CIRCLE = make_circle(24)
# Our choice, as shares of the image; a pole reaches the top of the image.
_HALF_WIDTHS = {'box': (0.04, 0.14), 'pole': (0.008, 0.035)}
_HALF_WIDTHS |= {'table': (0.1, 0.25)}
_HEIGHTS = {'box': (0.12, 0.4), 'table': (0.2, 0.35)}


def paint_background(dice: Dice, size: tuple[int, int]) -> np.ndarray:
    """Draw a textured background with some clutter.

    Args:
        dice (Dice): Source of the random draws
        size (tuple): Image size [w, h]

    Returns:
        np.ndarray: Image in shape (h, w, 3), uint8, BGR.
    """
    width, height = size
    image = _draw_texture(dice, size)
    if dice.chance(0.6):
        floor = dice.integer(height * 4 // 10, height * 6 // 10)
        image[floor:] = _draw_texture(dice, (width, height - floor))
    if dice.chance(0.2):
        _paint_stripes(dice, image)
    for _ in range(dice.integer(0, 3)):
        paint_thing(dice, image, None, 0)
    return image


def add_grain(dice: Dice, image: np.ndarray) -> np.ndarray:
    """Add the noise of a sensor, from -4 to +3 grey levels."""
    brighter = cv2.add(image, dice.noise(image.shape) >> 5)
    return cv2.subtract(brighter, np.full_like(image, 4))


def _draw_texture(dice: Dice, size: tuple[int, int]) -> np.ndarray:
    """Draw a colour gradient with noise at several scales."""
    width, height = size
    first, second = (_draw_muted_colour(dice) for _ in range(2))
    corners = [[first, second], [second, first]]
    if dice.chance(0.5):  # from top to bottom, not along a diagonal
        corners = [[first, first], [second, second]]
    image = np.array(corners, np.uint8)
    for scale, bits in _SCALES:
        shape = (max(2, width // scale), max(2, height // scale))
        if scale == 1:
            shape = size
        image = cv2.resize(image, shape, interpolation=cv2.INTER_LINEAR_EXACT)
        noise = dice.noise(image.shape[:2]) >> (bits + dice.integer(0, 2))
        image = cv2.add(image, cv2.merge([noise] * 3))
    return image


def _draw_muted_colour(dice: Dice) -> Colour:
    """Draw a colour that is half grey, as walls and floors have."""
    grey = dice.integer(30, 200)
    return tuple(
        (grey + channel) // 2 for channel in draw_colour(dice, 20, 200)
    )


def _paint_stripes(dice: Dice, image: np.ndarray) -> None:
    """Paint parallel bars over the image: planks, blinds, a fence."""
    height, width = image.shape[:2]
    colour = _draw_muted_colour(dice)
    angle = dice.choice((0, 0, 90, 90, dice.integer(0, 179)))
    cos, sin = SINES[(angle + 90) % 360], SINES[angle]
    reach = width + height
    gap, share = dice.integer(10, 60), dice.uniform(0.1, 0.5)
    for near in range(-reach, reach, gap):
        far = near + gap * share
        ends = ((-reach, near), (reach, near), (reach, far), (-reach, far))
        bar = [
            (width / 2 + u * cos - v * sin, height / 2 + u * sin + v * cos)
            for u, v in ends
        ]
        fill_polygon(image, None, to_corners(np.array(bar)), colour)


def paint_thing(
    dice: Dice, image: np.ndarray, owners: np.ndarray | None, code: int
) -> None:
    """Paint one thing: a box, a pole, a table or a ball.

    Args:
        dice (Dice): Source of the random draws
        image (np.ndarray): Image to paint into, (H, W, 3), uint8
        owners (np.ndarray, optional): Map of owners, (H, W), uint16
        code (int): Code of the thing in the map of owners
    """
    height, width = image.shape[:2]
    colour = draw_colour(dice)
    x = dice.uniform(0, width)
    kind = dice.choice(('box', 'pole', 'table', 'ball'))
    if kind == 'ball':
        y, radius = dice.uniform(0, height), dice.uniform(0.04, 0.14) * height
        _paint_ball(image, owners, (x, y, radius), colour, code)
        return
    bottom = dice.uniform(0.55, 1.15) * height
    half = dice.uniform(*_HALF_WIDTHS[kind]) * width
    top = -1
    if kind in _HEIGHTS:
        top = bottom - dice.uniform(*_HEIGHTS[kind]) * height
    boxes = [(x - half, top, x + half, bottom)]
    if kind == 'table':
        leg, board = 0.012 * width, top + 0.05 * height
        boxes = [
            (x - half + leg, board, x - half + 3 * leg, bottom),
            (x + half - 3 * leg, board, x + half - leg, bottom),
            (x - half, top, x + half, board),
        ]
    for box in boxes:
        _paint_box(image, owners, np.array(box), colour, code)


def _paint_box(image, owners, box, colour, code) -> None:
    """Paint a rectangle whose dark rim is 6 % of the smaller side wide."""
    left, top, right, bottom = box
    rim = 0.06 * min(right - left, bottom - top) + 1
    for inset, percent in ((0, 60), (rim, 100)):
        x1, y1, x2, y2 = box + np.array([inset, inset, -inset, -inset])
        if x1 < x2 and y1 < y2:
            corners = np.array([(x1, y1), (x2, y1), (x2, y2), (x1, y2)])
            lit = scale_brightness(colour, percent)
            fill_polygon(image, owners, to_corners(corners), lit, code)


def _paint_ball(image, owners, ball, colour, code) -> None:
    """Paint a disc that is lit from the upper left."""
    *centre, radius = ball
    for share, percent in ((1.0, 60), (0.8, 100), (0.35, 125)):
        middle = np.array(centre) - (1.0 - share) * 0.4 * radius
        corners = to_corners(middle + share * radius * _CIRCLE)
        lit = scale_brightness(colour, percent)
        fill_polygon(image, owners, corners, lit, code)
