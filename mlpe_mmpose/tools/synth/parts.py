"""The parts a figure is drawn from."""

from typing import NamedTuple

from .pose import SIDES


class Part(NamedTuple):
    """One part of the body.

    Args:
        name (str): Name, starts with the side where there are two
        material (str): What it is made of, see :mod:`.wardrobe`
        bias (float): How much nearer than its points it counts, in body
            heights; decides what hides what where points are equally near
        circles (tuple): Point of the skeleton and radius in body heights
    """

    name: str
    material: str
    bias: float
    circles: tuple[tuple[str, float], ...]


# Radii and biases: ours, drawn from and looked at. A far shoulder or hip
# vanishes behind the trunk where the body is turned by about 60 degrees.
_HEAD_MIDDLE = (
    Part('nape', 'long hair', -0.006, (('hair', 0.056), ('nape', 0.048))),
    Part('face', 'skin', 0.0, (('head', 0.057), ('chin', 0.036))),
    Part('hair', 'hair', 0.002, (('hair', 0.056),)),
    Part(
        'fringe',
        'hair',
        0.003,
        (('left_fringe', 0.021), ('right_fringe', 0.021)),
    ),
    Part('nose', 'nose', 0.02, (('nose', 0.0095),)),
    Part(
        'mouth',
        'lips',
        0.004,
        (('left_mouth', 0.006), ('right_mouth', 0.006)),
    ),
)
_HEAD_SIDES = (
    ('ear', 'ear', 0.035, (('ear', 0.015),)),
    ('eye', 'eye', 0.0, (('eye', 0.0115),)),
)
_TRUNK = (
    Part('neck', 'skin', -0.03, (('neck', 0.030), ('chin', 0.026))),
    Part(
        'chest',
        'shirt',
        0.0,
        (
            ('left_shoulder', 0.040),
            ('right_shoulder', 0.040),
            ('left_waist', 0.050),
            ('right_waist', 0.050),
        ),
    ),
    Part(
        'belly',
        'belly',
        0.001,
        (
            ('left_rib', 0.042),
            ('right_rib', 0.042),
            ('left_waist', 0.050),
            ('right_waist', 0.050),
        ),
    ),
    Part('collar', 'skin', -0.01, (('collar', 0.020), ('breast', 0.006))),
    Part('tie', 'tie', -0.012, (('breast', 0.008), ('buckle', 0.012))),
    Part('pocket', 'pocket', -0.01, (('pocket', 0.014),)),
    Part(
        'pelvis',
        'trousers',
        -0.002,
        (
            ('left_hip', 0.054),
            ('right_hip', 0.054),
            ('left_waist', 0.044),
            ('right_waist', 0.044),
        ),
    ),
)
_LIMBS = (
    ('shoulder', 'shoulder', 0.085, (('shoulder', 0.030),)),
    ('upper_arm', 'sleeve', 0.01, (('shoulder', 0.036), ('elbow', 0.026))),
    ('forearm', 'cuff', 0.012, (('elbow', 0.025), ('wrist', 0.018))),
    ('hand', 'skin', 0.013, (('wrist', 0.016), ('hand', 0.021))),
    ('hip', 'seat', 0.045, (('hip', 0.034),)),
    ('thigh', 'trousers', 0.0, (('hip', 0.052), ('knee', 0.036))),
    ('shank', 'leg', 0.001, (('knee', 0.035), ('ankle', 0.023))),
    ('foot', 'shoe', 0.004, (('heel', 0.021), ('toe', 0.017))),
)


def _both_sides(parts) -> tuple[Part, ...]:
    """Make a left and a right part of each."""
    return tuple(
        Part(
            f'{side}_{name}',
            material,
            bias,
            tuple((f'{side}_{point}', radius) for point, radius in circles),
        )
        for side in SIDES
        for name, material, bias, circles in parts
    )


HEAD_PARTS = _HEAD_MIDDLE + _both_sides(_HEAD_SIDES)
PARTS = HEAD_PARTS + _TRUNK + _both_sides(_LIMBS)
PART_CODES = {part.name: code for code, part in enumerate(PARTS)}
