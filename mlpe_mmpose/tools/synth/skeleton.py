"""Compute where the joints of a posed body lie in the view of the camera.

Only additions, multiplications and table look-ups are used, whose results
IEEE 754 fixes to the last bit. Angles are whole degrees, and their sines come
from a table rounded to 16 bits, so that the joints are the same with every
mathematics library.

Note:
    - body frame: x to the person's left, y up, z forward
    - view: x right in the image, y up, z toward the camera
    - length unit: the height of the standing body
"""

import math
from dataclasses import dataclass

from .dice import Dice
from .pose import SIDES

Vector = tuple[float, float, float]
Matrix = tuple[Vector, Vector, Vector]

# 16 bits are far finer than a pixel, and far coarser than an error of a libm
SINES = tuple(
    round(math.sin(math.radians(degree)) * 2**16) / 2**16
    for degree in range(360)
)

# Lengths as fractions of the body height, from Drillis and Contini (1966).
# Their breadths of hips and shoulders are outer ones; joints lie further in.
_HIP_X, _SHOULDER_X = 0.052, 0.100
_WAIST_Y, _SHOULDER_Y, _NECK_Y = 0.100, 0.188, 0.205
_UPPER_ARM, _FOREARM, _THIGH, _SHANK = 0.186, 0.146, 0.245, 0.246
# Our choice, judged by eye: the middle of the head above the neck, and points
# on a head of height 0.13, relative to its middle.
_HEAD_Y = 0.088
_ON_HEAD = {
    'chin': (0.0, -0.036, 0.016),
    'hair': (0.0, 0.022, -0.036),
    'nape': (0.0, -0.075, -0.040),
    'nose': (0.0, -0.012, 0.064),
}
_ON_HEAD_SIDE = {  # x toward the named side
    'fringe': (0.022, 0.036, 0.020),
    'eye': (0.024, 0.008, 0.053),
    'ear': (0.059, -0.002, -0.004),
    'mouth': (0.012, -0.034, 0.050),
}
_ON_CHEST = {
    'collar': (0.0, 0.180, 0.040),
    'breast': (0.0, 0.145, 0.050),
    'buckle': (0.0, 0.010, 0.060),
    'pocket': (0.050, 0.125, 0.045),
    'left_rib': (0.060, 0.075, 0.0),
    'right_rib': (-0.060, 0.075, 0.0),
}
_ON_SHANK = {'heel': (0.0, -0.016, -0.018), 'toe': (0.0, -0.026, 0.085)}
_HAND_Y = 0.034


@dataclass(frozen=True)
class View:
    """The direction from which the camera sees a body.

    Args:
        yaw (int): Direction in which the body faces, in whole degrees: 0 to
            the camera, 90 to the right of the image, 180 away
        tilt (int): Angle by which the camera looks down, in whole degrees
    """

    yaw: int
    tilt: int


@dataclass(frozen=True)
class Build:
    """Proportions of a body, relative to the average body.

    Args:
        breadth (float): Shoulders and hips
        legs (float): Length of the legs
        head (float): Size of the head; children are near 1.4
        girth (float): Thickness of trunk and limbs
    """

    breadth: float
    legs: float
    head: float
    girth: float


def sample_view(dice: Dice) -> View:
    """Draw a view: 14 of 16 face the camera, 1 faces away, 1 any way."""
    yaw = dice.integer(-40, 40)
    kind = dice.unit()
    if kind > 15 / 16:
        yaw = dice.integer(0, 359)
    elif kind > 14 / 16:
        yaw += 180
    return View(yaw, dice.integer(-6, 18))  # our choice of the tilt


def sample_build(dice: Dice) -> Build:
    """Draw a build: an adult or, one in five, a child."""
    child = dice.chance(0.2)
    return Build(
        breadth=dice.uniform(0.92, 1.12),
        legs=dice.uniform(0.94, 1.05),
        head=dice.uniform(1.25, 1.45) if child else dice.uniform(1.0, 1.2),
        girth=dice.uniform(1.0, 1.3),
    )


def rotate(frame: Matrix, axis: str, degrees: int) -> Matrix:
    """Rotate a frame about one of its own axes, by the right-hand rule."""
    s, c = SINES[degrees % 360], SINES[(degrees + 90) % 360]
    if axis == 'x':
        return tuple((x, y * c + z * s, z * c - y * s) for x, y, z in frame)
    if axis == 'y':
        return tuple((x * c - z * s, y, z * c + x * s) for x, y, z in frame)
    return tuple((x * c + y * s, y * c - x * s, z) for x, y, z in frame)


def _move(start: Vector, frame: Matrix, step: Vector) -> Vector:
    """Add to a point a step that is given in the axes of a frame."""
    u, v, w = step
    return tuple(
        origin + x * u + y * v + z * w
        for origin, (x, y, z) in zip(start, frame, strict=True)
    )


def place_joints(
    pose: dict[str, int], view: View, build: Build
) -> dict[str, Vector]:
    """Compute the position of every point of a body.

    Args:
        pose (dict): Joint angles, see :func:`.pose.sample_pose`
        view (View): Direction from which the camera sees the body
        build (Build): Proportions of the body

    Returns:
        dict: Name -> position in the view; the middle of the hips is at 0.
        The points are COCO's keypoints, and others that the drawing needs.
    """
    pelvis = rotate(((1, 0, 0), (0, 1, 0), (0, 0, 1)), 'x', view.tilt)
    pelvis = rotate(pelvis, 'y', view.yaw)
    pelvis = rotate(pelvis, 'z', pose['roll'])
    pelvis = rotate(pelvis, 'x', pose['lean'])
    chest = rotate(pelvis, 'x', pose['bend'])
    chest = rotate(chest, 'y', pose['twist'])

    waist = _move((0.0, 0.0, 0.0), pelvis, (0.0, _WAIST_Y, 0.0))
    points = {'neck': _move(waist, chest, (0.0, _NECK_Y, 0.0))}
    for name, step in _ON_CHEST.items():
        points[name] = _move(waist, chest, step)
    for side, sign in zip(SIDES, (1, -1), strict=True):
        hip_x = sign * _HIP_X * build.breadth
        points[f'{side}_waist'] = _move(waist, chest, (0.75 * hip_x, 0.0, 0.0))
        points[f'{side}_hip'] = _move((0.0, 0.0, 0.0), pelvis, (hip_x, 0, 0))
        points[f'{side}_shoulder'] = _move(
            waist, chest, (sign * _SHOULDER_X * build.breadth, _SHOULDER_Y, 0)
        )
        _place_arm(points, chest, pose, side, sign)
        _place_leg(points, pelvis, pose, side, sign, build.legs)
    _place_head(points, chest, pose, build.head)
    return points


def _place_arm(points, chest, pose, side, sign) -> None:
    """Add elbow, wrist and hand of one side."""
    arm = rotate(chest, 'x', -pose[f'{side}_shoulder_flex'])
    arm = rotate(arm, 'z', sign * pose[f'{side}_shoulder_abduct'])
    arm = rotate(arm, 'y', -sign * pose[f'{side}_shoulder_rotate'])
    elbow = _move(points[f'{side}_shoulder'], arm, (0, -_UPPER_ARM, 0))
    arm = rotate(arm, 'x', -pose[f'{side}_elbow_flex'])
    points[f'{side}_elbow'] = elbow
    points[f'{side}_wrist'] = _move(elbow, arm, (0, -_FOREARM, 0))
    points[f'{side}_hand'] = _move(elbow, arm, (0, -_FOREARM - _HAND_Y, 0))


def _place_leg(points, pelvis, pose, side, sign, length) -> None:
    """Add knee, ankle, heel and toe of one side."""
    leg = rotate(pelvis, 'x', -pose[f'{side}_hip_flex'])
    leg = rotate(leg, 'z', sign * pose[f'{side}_hip_abduct'])
    leg = rotate(leg, 'y', -sign * pose[f'{side}_hip_rotate'])
    knee = _move(points[f'{side}_hip'], leg, (0, -_THIGH * length, 0))
    leg = rotate(leg, 'x', pose[f'{side}_knee_flex'])
    ankle = _move(knee, leg, (0, -_SHANK * length, 0))
    points[f'{side}_knee'] = knee
    points[f'{side}_ankle'] = ankle
    for name, step in _ON_SHANK.items():
        points[f'{side}_{name}'] = _move(ankle, leg, step)


def _place_head(points, chest, pose, size) -> None:
    """Add the head and the points on it."""
    head = rotate(chest, 'y', pose['turn'])
    head = rotate(head, 'x', pose['nod'])
    head = rotate(head, 'z', pose['tilt'])
    centre = _move(points['neck'], head, (0.0, _HEAD_Y * size, 0.008))
    points['head'] = centre
    steps = dict(_ON_HEAD)
    for name, (x, y, z) in _ON_HEAD_SIDE.items():
        steps[f'left_{name}'], steps[f'right_{name}'] = (x, y, z), (-x, y, z)
    for name, (x, y, z) in steps.items():
        points[name] = _move(centre, head, (x * size, y * size, z * size))
