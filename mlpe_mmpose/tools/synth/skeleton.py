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
from typing import NamedTuple

import numpy as np

from .dice import Dice
from .pose import SIDES

Vector = tuple[float, float, float]

# 16 bits are far finer than a pixel, and far coarser than an error of a libm
SINES = tuple(
    round(math.sin(math.radians(degree)) * 2**16) / 2**16
    for degree in range(360)
)


def _mirror(name: str, x: float, y: float, z: float) -> dict[str, Vector]:
    """Return a point of the left side, and its twin of the right side."""
    return {f'left_{name}': (x, y, z), f'right_{name}': (-x, y, z)}


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
    **_mirror('fringe', 0.022, 0.036, 0.020),
    **_mirror('eye', 0.024, 0.008, 0.053),
    **_mirror('ear', 0.059, -0.002, -0.004),
    **_mirror('mouth', 0.012, -0.034, 0.050),
}
_ON_CHEST = {
    'neck': (0.0, _NECK_Y, 0.0),
    'collar': (0.0, 0.180, 0.040),
    'breast': (0.0, 0.145, 0.050),
    'buckle': (0.0, 0.010, 0.060),
    'pocket': (0.050, 0.125, 0.045),
    **_mirror('rib', 0.060, 0.075, 0.0),
}
_ON_SHANK = {'heel': (0.0, -0.016, -0.018), 'toe': (0.0, -0.026, 0.085)}
_HAND_Y = 0.034

_HIPS, _CAMERA = np.zeros(3), np.eye(3)


class Build(NamedTuple):
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


def sample_view(dice: Dice) -> tuple[int, int]:
    """Draw the direction from which the camera sees a body.

    14 of 16 bodies face the camera, 1 faces away, 1 faces anywhere.

    Returns:
        tuple: Whole degrees: how far the body is turned to the right of the
        image (0 faces the camera), and how far the camera looks down
    """
    yaw = dice.integer(-40, 40)
    kind = dice.unit()
    if kind > 15 / 16:
        yaw = dice.integer(0, 359)
    elif kind > 14 / 16:
        yaw += 180
    return yaw, dice.integer(-6, 18)  # our choice of the tilt


def sample_build(dice: Dice) -> Build:
    """Draw a build: an adult or, one in five, a child."""
    child = dice.chance(0.2)
    return Build(
        breadth=dice.uniform(0.92, 1.12),
        legs=dice.uniform(0.94, 1.05),
        head=dice.uniform(1.25, 1.45) if child else dice.uniform(1.0, 1.2),
        girth=dice.uniform(1.0, 1.3),
    )


def rotate(frame: np.ndarray, *turns: tuple[str, int]) -> np.ndarray:
    """Rotate a frame about its own axes, by the right-hand rule.

    Args:
        frame (np.ndarray): Axes x, y and z of the frame, (3, 3), as rows
        turns (tuple): Axis and whole degrees of each turn, in their order

    Returns:
        np.ndarray: The axes of the rotated frame, (3, 3).
    """
    frame = frame.copy()
    for axis, degrees in turns:
        first, second = {'x': (1, 2), 'y': (2, 0), 'z': (0, 1)}[axis]
        s, c = SINES[degrees % 360], SINES[(degrees + 90) % 360]
        u, v = frame[first], frame[second]
        frame[first], frame[second] = u * c + v * s, v * c - u * s
    return frame


def _move(start: np.ndarray, frame: np.ndarray, step: Vector) -> np.ndarray:
    """Add to a point a step that is given in the axes of a frame."""
    u, v, w = step
    return start + frame[0] * u + frame[1] * v + frame[2] * w


def place_joints(
    pose: dict[str, int], view: tuple[int, int], build: Build
) -> dict[str, np.ndarray]:
    """Compute the position of every point of a body.

    Args:
        pose (dict): Joint angles, see :func:`.pose.sample_pose`
        view (tuple): Direction of the camera, see :func:`sample_view`
        build (Build): Proportions of the body

    Returns:
        dict: Name -> position in the view, (3,); the middle of the hips is 0.
        The points are COCO's keypoints, and others that the drawing needs.
    """
    yaw, tilt = view
    pelvis = rotate(_CAMERA, ('x', tilt), ('y', yaw))
    pelvis = rotate(pelvis, ('z', pose['roll']), ('x', pose['lean']))
    chest = rotate(pelvis, ('x', pose['bend']), ('y', pose['twist']))
    head = rotate(chest, ('y', pose['turn']), ('x', pose['nod']))
    head = rotate(head, ('z', pose['tilt']))

    waist = _move(_HIPS, pelvis, (0.0, _WAIST_Y, 0.0))
    points = {
        name: _move(waist, chest, step) for name, step in _ON_CHEST.items()
    }
    centre = (0.0, _HEAD_Y * build.head, 0.008)
    points['head'] = _move(points['neck'], head, centre)
    for name, step in _ON_HEAD.items():
        scaled = tuple(length * build.head for length in step)
        points[name] = _move(points['head'], head, scaled)
    for side, sign in zip(SIDES, (1, -1), strict=True):
        hip_x = sign * _HIP_X * build.breadth
        shoulder = (sign * _SHOULDER_X * build.breadth, _SHOULDER_Y, 0)
        points[f'{side}_waist'] = _move(waist, chest, (0.75 * hip_x, 0.0, 0.0))
        points[f'{side}_hip'] = _move(_HIPS, pelvis, (hip_x, 0, 0))
        points[f'{side}_shoulder'] = _move(waist, chest, shoulder)
        _place_arm(points, chest, pose, side, sign)
        _place_leg(points, pelvis, pose, side, sign, build.legs)
    return points


def _place_arm(points, chest, pose, side, sign) -> None:
    """Add elbow, wrist and hand of one side."""
    arm = _rotate_limb(chest, pose, f'{side}_shoulder', sign)
    elbow = _move(points[f'{side}_shoulder'], arm, (0, -_UPPER_ARM, 0))
    arm = rotate(arm, ('x', -pose[f'{side}_elbow_flex']))
    points[f'{side}_elbow'] = elbow
    points[f'{side}_wrist'] = _move(elbow, arm, (0, -_FOREARM, 0))
    points[f'{side}_hand'] = _move(elbow, arm, (0, -_FOREARM - _HAND_Y, 0))


def _place_leg(points, pelvis, pose, side, sign, length) -> None:
    """Add knee, ankle, heel and toe of one side."""
    leg = _rotate_limb(pelvis, pose, f'{side}_hip', sign)
    knee = _move(points[f'{side}_hip'], leg, (0, -_THIGH * length, 0))
    leg = rotate(leg, ('x', pose[f'{side}_knee_flex']))
    ankle = _move(knee, leg, (0, -_SHANK * length, 0))
    points |= {f'{side}_knee': knee, f'{side}_ankle': ankle}
    for name, step in _ON_SHANK.items():
        points[f'{side}_{name}'] = _move(ankle, leg, step)


def _rotate_limb(frame, pose, joint, sign) -> np.ndarray:
    """Return the frame of the upper arm or thigh that hangs on a joint."""
    return rotate(
        frame,
        ('x', -pose[f'{joint}_flex']),
        ('z', sign * pose[f'{joint}_abduct']),
        ('y', -sign * pose[f'{joint}_rotate']),
    )
