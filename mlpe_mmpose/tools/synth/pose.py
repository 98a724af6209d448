"""Draw the joint angles of one body within the limits of a human."""

from .dice import Dice

SIDES = ('left', 'right')

# All ranges are in whole degrees. The ranges of trunk and head and the ranges
# of all actions are our choice. The limits of arms and legs stay a little
# within the ranges of motion of the American Academy of Orthopaedic Surgeons
# (1965).
_TRUNK = {  # angle -> its limits, and its range in a resting body
    'lean': ((-15, 35), (-3, 6)),  # whole body, forward
    'roll': ((-15, 15), (-4, 4)),  # whole body, to its right
    'bend': ((-10, 40), (-4, 8)),  # chest against pelvis, forward
    'twist': ((-30, 30), (-10, 10)),  # chest against pelvis, to its left
    'turn': ((-60, 60), (-30, 30)),  # head against chest, to its left
    'nod': ((-25, 35), (-8, 16)),  # head against chest, forward
    'tilt': ((-20, 20), (-8, 8)),  # head against chest, to its right
}
TRUNK_LIMITS = {angle: limits for angle, (limits, _) in _TRUNK.items()}

# The columns of _ARMS are the ranges of shoulder_flex (arm forward and up),
# shoulder_abduct (arm sideways and up), shoulder_rotate (forearm toward the
# belly) and elbow_flex. None stands for the range of a resting arm.
_ARMS = {
    'limits': ((-50, 170), (0, 150), (-90, 70), (0, 145)),
    'rest': ((-12, 18), (4, 22), (-10, 35), (2, 45)),
    'raised': ((-10, 30), (95, 150), (-90, 0), (0, 80)),
    'waving': ((-10, 30), (60, 110), (-90, -50), (40, 130)),
    'reaching': ((40, 130), (5, 45), None, (0, 70)),
    'akimbo': ((-30, -5), (35, 60), (40, 70), (75, 115)),
    'folded': ((10, 40), None, (30, 70), (70, 130)),
    'swung forward': ((15, 50), None, None, (10, 90)),
    'swung back': ((-45, -12), None, None, (5, 80)),
    'any': ((-40, 120), (5, 110), (-60, 60), (0, 130)),
}
# The columns of _LEGS are the ranges of hip_flex (thigh forward and up),
# hip_abduct (thigh sideways), hip_rotate (toes inward) and knee_flex.
_LEGS = {
    'limits': ((-20, 110), (-5, 40), (-35, 30), (0, 130)),
    'rest': ((-4, 8), (1, 10), (-20, 0), (0, 8)),
    'seated': ((70, 105), (2, 25), None, (65, 110)),
    'step': ((12, 42), None, None, (2, 35)),
    'push': ((-20, -4), None, (-15, 30), (5, 45)),
    'wide': (None, (12, 35), (-35, 0), None),
    'lunge': ((45, 85), None, None, (40, 95)),
}
_LIMB_ANGLES = (
    *('shoulder_flex', 'shoulder_abduct', 'shoulder_rotate', 'elbow_flex'),
    *('hip_flex', 'hip_abduct', 'hip_rotate', 'knee_flex'),
)
_LIMITS, _REST = (_ARMS[row] + _LEGS[row] for row in ('limits', 'rest'))
LIMB_LIMITS = dict(zip(_LIMB_ANGLES, _LIMITS, strict=True))

_STILL = ('rest', 'rest')
_STOOP = {'lean': (10, 30), 'bend': (10, 35), 'nod': (-20, 10)}
# Weight, ranges of the trunk that differ from rest, and arm and leg of each
# side. The left side is drawn. The weights follow what photographs show.
_WEIGHTED_ACTIONS = (
    (8, {}, _STILL, _STILL),
    (3, {}, ('akimbo', 'rest'), ('akimbo', 'rest')),
    (1, {}, ('folded', 'rest'), _STILL),
    (1, {}, ('folded', 'rest'), ('folded', 'rest')),
    (3, {}, ('raised', 'wide'), ('raised', 'wide')),
    (2, {}, ('waving', 'rest'), _STILL),
    (1, {}, ('reaching', 'rest'), ('akimbo', 'rest')),
    (8, {'lean': (0, 12)}, ('swung back', 'step'), ('swung forward', 'push')),
    (1, {'lean': (4, 22)}, ('swung back', 'lunge'), ('swung forward', 'push')),
    (1, {}, ('folded', 'seated'), ('rest', 'seated')),
    (1, {}, ('reaching', 'seated'), ('any', 'seated')),
    (1, _STOOP, ('reaching', 'step'), ('any', 'rest')),
    (1, TRUNK_LIMITS, ('any', 'step'), ('any', 'wide')),
)
_ACTIONS = [row[1:] for row in _WEIGHTED_ACTIONS for _ in range(row[0])]


def sample_pose(dice: Dice) -> dict[str, int]:
    """Draw the joint angles of one body.

    Returns:
        dict: Angle of each joint in whole degrees, within its limits. The
        names are those of ``TRUNK_LIMITS`` and, after ``left_`` or
        ``right_``, those of ``LIMB_LIMITS``.
    """
    trunk, *limbs = dice.choice(_ACTIONS)
    if dice.chance(0.5):
        limbs.reverse()
    pose = {
        angle: dice.integer(*trunk.get(angle, rest))
        for angle, (_, rest) in _TRUNK.items()
    }
    for side, (arm, leg) in zip(SIDES, limbs, strict=True):
        spans = zip(_LIMB_ANGLES, _ARMS[arm] + _LEGS[leg], _REST, strict=True)
        for angle, span, rest in spans:
            pose[f'{side}_{angle}'] = dice.integer(*(span or rest))
    return pose
