"""The parts a figure is drawn from."""

from typing import NamedTuple

from .pose import SIDES


class Part(NamedTuple):
    """One part of the body.

    Args:
        name (str): Name; it starts with the side if there are two
        material (str): Key of the wardrobe, see :mod:`.wardrobe`
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
