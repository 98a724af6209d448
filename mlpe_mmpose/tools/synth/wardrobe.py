"""Colours of skin, hair and clothes."""

from .dice import Dice

Colour = tuple[int, int, int]  # blue, green, red, as OpenCV has them


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

    Args:
        dice (Dice): Source of the random draws

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
