"""The parts of a figure, and the colours of its skin, hair and clothes."""

from typing import NamedTuple

from .dice import Dice
from .pose import SIDES

Colour = tuple[int, int, int]  # blue, green, red, as OpenCV has them


class Part(NamedTuple):
    """One part of the body.

    Args:
        name (str): Name; it starts with the side if there are two
        material (str): Key of the wardrobe, see :func:`sample_wardrobe`
        bias (float): Added to the mean depth of the part's points, in body
            heights, when parts are sorted from back to front
        circles (dict): Point of the skeleton -> radius of the circle around
            it, in body heights
    """

    name: str
    material: str
    bias: float
    circles: dict[str, float]


def _mirror(point: str, radius: float) -> dict[str, float]:
    """Return a circle around the left and one around the right point."""
    return {f'{side}_{point}': radius for side in SIDES}


def _make_sides(*parts: Part) -> tuple[Part, ...]:
    """Make all left parts, then all right ones."""
    return tuple(
        Part(
            f'{side}_{name}',
            material,
            bias,
            {f'{side}_{point}': radius for point, radius in circles.items()},
        )
        for side in SIDES
        for name, material, bias, circles in parts
    )


# Radii and biases are our choice, judged by eye. A far shoulder or hip
# vanishes behind the trunk where the body is turned by about 60 degrees.
_WAIST = _mirror('waist', 0.050)
_SEAT = _mirror('hip', 0.054) | _mirror('waist', 0.044)
HEAD_PARTS = (
    Part('nape', 'long hair', -0.006, {'hair': 0.056, 'nape': 0.048}),
    Part('face', 'skin', 0.0, {'head': 0.057, 'chin': 0.036}),
    Part('hair', 'hair', 0.002, {'hair': 0.056}),
    Part('fringe', 'hair', 0.003, _mirror('fringe', 0.021)),
    Part('nose', 'nose', 0.02, {'nose': 0.0095}),
    Part('mouth', 'lips', 0.004, _mirror('mouth', 0.006)),
    *_make_sides(
        Part('ear', 'ear', 0.035, {'ear': 0.015}),
        Part('eye', 'eye', 0.0, {'eye': 0.0115}),
    ),
)
BODY_PARTS = (
    Part('neck', 'skin', -0.03, {'neck': 0.030, 'chin': 0.026}),
    Part('chest', 'shirt', 0.0, _mirror('shoulder', 0.040) | _WAIST),
    Part('belly', 'belly', 0.001, _mirror('rib', 0.042) | _WAIST),
    Part('collar', 'skin', -0.01, {'collar': 0.020, 'breast': 0.006}),
    Part('tie', 'tie', -0.012, {'breast': 0.008, 'buckle': 0.012}),
    Part('pocket', 'pocket', -0.01, {'pocket': 0.014}),
    Part('pelvis', 'trousers', -0.002, _SEAT),
    *_make_sides(
        Part('shoulder', 'shoulder', 0.085, {'shoulder': 0.030}),
        Part('upper_arm', 'sleeve', 0.01, {'shoulder': 0.036, 'elbow': 0.026}),
        Part('forearm', 'cuff', 0.012, {'elbow': 0.025, 'wrist': 0.018}),
        Part('hand', 'skin', 0.013, {'wrist': 0.016, 'hand': 0.021}),
        Part('hip', 'seat', 0.045, {'hip': 0.034}),
        Part('thigh', 'trousers', 0.0, {'hip': 0.052, 'knee': 0.036}),
        Part('shank', 'leg', 0.001, {'knee': 0.035, 'ankle': 0.023}),
        Part('foot', 'shoe', 0.004, {'heel': 0.021, 'toe': 0.017}),
    ),
)
PARTS = HEAD_PARTS + BODY_PARTS
PART_CODES = {part.name: code for code, part in enumerate(PARTS)}


def _read_colours(text: str) -> list[Colour]:
    """Read colours that are written in hexadecimal, red first."""
    return [tuple(bytes.fromhex(word)[::-1]) for word in text.split()]


# The Monk skin tone scale (2022), light to dark, without the first and the
# last of its ten tones, on which shading and eyes would not be visible.
_SKIN = _read_colours(
    'f3e7db f7ead0 eadaba d7bd90 a07e56 825c43 604134 3a312a'
)
_HAIR = _read_colours('141418 34241e 5a3826 96643c d7aa6e a04c30 a4a0a0')
_EYE_WHITE, _PUPIL = _read_colours('e8e6e1 16161c')


def draw_colour(dice: Dice, low: int = 20, high: int = 235) -> Colour:
    """Draw a colour with channels from low to high, both included."""
    return tuple(dice.integer(low, high) for _ in range(3))


def scale_brightness(colour: Colour, percent: int) -> Colour:
    """Multiply a colour by percent / 100, and clip it at 255."""
    return tuple(min(255, channel * percent // 100) for channel in colour)


def sample_wardrobe(dice: Dice) -> dict[str, tuple[Colour, Colour] | None]:
    """Draw the colours of a person.

    Returns:
        dict: Material of a part -> its colours at the rim and inside, or
        None if this person has no part of that material.
    """
    skin, hair = dice.choice(_SKIN), dice.choice(_HAIR)
    shirt, trousers = draw_colour(dice), draw_colour(dice, 15, 190)
    sleeves = dice.unit()  # length: none below 0.15, long above 0.7
    # another brightness, so that an arm is visible before the chest
    sleeve = scale_brightness(shirt, dice.choice((75, 125)))
    if dice.chance(0.12):  # a cap is drawn as hair of any colour
        hair = draw_colour(dice)
    colours = {
        'skin': skin,
        'ear': scale_brightness(skin, 88),
        'nose': scale_brightness(skin, 108),
        'hair': hair,
        'long hair': hair if dice.chance(0.4) else None,
        'shirt': shirt,
        'belly': draw_colour(dice) if dice.chance(0.3) else shirt,
        'pocket': scale_brightness(shirt, 60) if dice.chance(0.5) else None,
        'tie': draw_colour(dice) if dice.chance(0.4) else None,
        'sleeve': sleeve if sleeves > 0.15 else skin,
        'cuff': sleeve if sleeves > 0.7 else skin,
        'trousers': trousers,
        'leg': trousers if dice.chance(0.65) else skin,
        'shoe': draw_colour(dice, 10, 200),
    }
    wardrobe = {
        material: colour and (scale_brightness(colour, 58), colour)
        for material, colour in colours.items()
    }
    blue, green, red = skin
    lips = (blue * 7 // 10, green * 6 // 10, min(255, red * 9 // 10))
    return wardrobe | {
        'lips': (lips, scale_brightness(lips, 85)),
        # a limb has no rim where it joins the trunk
        'shoulder': (colours['sleeve'],) * 2,
        'seat': (trousers,) * 2,
        'eye': (_EYE_WHITE, _PUPIL),
    }
