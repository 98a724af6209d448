"""Colours of skin, hair and clothes."""

from .dice import Dice

Colour = tuple[int, int, int]  # blue, green, red, as OpenCV has them

# The ten tones of the Monk skin tone scale (2022), light to dark, without
# the first and the last, on which shadow and eyes would not show.
_SKIN = (
    (219, 231, 243),
    (208, 234, 247),
    (186, 218, 234),
    (144, 189, 215),
    (86, 126, 160),
    (67, 92, 130),
    (52, 65, 96),
    (42, 49, 58),
)
_HAIR = (
    (24, 20, 20),
    (30, 36, 52),
    (38, 56, 90),
    (60, 100, 150),
    (110, 170, 215),
    (48, 76, 160),
    (160, 160, 164),
)
_EYE_WHITE, _PUPIL = (225, 230, 232), (28, 22, 22)


def any_colour(dice: Dice, low: int = 20, high: int = 235) -> Colour:
    """Draw a colour, each channel within the two ends."""
    return tuple(dice.integer(low, high) for _ in range(3))


def shaded(colour: Colour, percent: int) -> Colour:
    """Darken (below 100) or lighten (above) a colour."""
    return tuple(min(255, channel * percent // 100) for channel in colour)


def sample_wardrobe(dice: Dice) -> dict[str, tuple[Colour, Colour] | None]:
    """Draw what a person looks like.

    Args:
        dice (Dice): Where the draws come from

    Returns:
        dict: For each material a part is made of, its colour at the rim and
        inside, or None where this person does not have such a part.
    """
    skin, hair = dice.choice(_SKIN), dice.choice(_HAIR)
    shirt, trousers = any_colour(dice), any_colour(dice, 15, 190)
    sleeves = dice.unit()  # how long they are: none, short, long
    # so that an arm shows before the chest
    sleeve = shaded(shirt, dice.choice((75, 125)))
    if dice.chance(0.12):  # a cap: hair in a colour that hair cannot have
        hair = any_colour(dice)
    colours = {
        'skin': skin,
        'ear': shaded(skin, 88),
        'nose': shaded(skin, 108),
        'hair': hair,
        'long hair': hair if dice.chance(0.4) else None,
        'shirt': shirt,
        'belly': any_colour(dice) if dice.chance(0.3) else shirt,
        'pocket': shaded(shirt, 60) if dice.chance(0.5) else None,
        'tie': any_colour(dice) if dice.chance(0.4) else None,
        'sleeve': sleeve if sleeves > 0.15 else skin,
        'cuff': sleeve if sleeves > 0.7 else skin,
        'trousers': trousers,
        'leg': trousers if dice.chance(0.65) else skin,
        'shoe': any_colour(dice, 10, 200),
    }
    wardrobe = {
        material: colour and (shaded(colour, 58), colour)
        for material, colour in colours.items()
    }
    blue, green, red = skin
    lips = (blue * 7 // 10, green * 6 // 10, min(255, red * 9 // 10))
    wardrobe['lips'] = (lips, shaded(lips, 85))
    # no rim where a limb joins the trunk
    wardrobe['shoulder'] = (colours['sleeve'],) * 2
    wardrobe['seat'] = (trousers,) * 2
    wardrobe['eye'] = (_EYE_WHITE, _PUPIL)
    return wardrobe
