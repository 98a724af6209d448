"""Draw the joint angles of one body within the limits of a human."""

from .dice import Dice

SIDES = ('left', 'right')

# Whole degrees. Trunk and head are our choice. The limbs stay a little within
# the ranges of motion of the American Academy of Orthopaedic Surgeons (1965).
TRUNK_LIMITS = {
    'lean': (-15, 35),  # whole body, forward
    'roll': (-15, 15),  # whole body, to its right
    'bend': (-10, 40),  # chest against pelvis, forward
    'twist': (-30, 30),  # chest against pelvis, to its left
    'turn': (-60, 60),  # head against chest, to its left
    'nod': (-25, 35),  # head against chest, forward
    'tilt': (-20, 20),  # head against chest, to its right
}
LIMB_LIMITS = {
    'shoulder_flex': (-50, 170),  # arm forward and up
    'shoulder_abduct': (0, 150),  # arm sideways and up
    'shoulder_rotate': (-90, 70),  # forearm toward the belly
    'elbow_flex': (0, 145),
    'hip_flex': (-20, 110),  # thigh forward and up
    'hip_abduct': (-5, 40),  # thigh sideways
    'hip_rotate': (-35, 30),  # toes inward
    'knee_flex': (0, 130),
}

_REST_TRUNK = {
    'lean': (-3, 6),
    'roll': (-4, 4),
    'bend': (-4, 8),
    'twist': (-10, 10),
    'turn': (-30, 30),
    'nod': (-8, 16),
    'tilt': (-8, 8),
}
_REST_LIMB = {
    'shoulder_flex': (-12, 18),
    'shoulder_abduct': (4, 22),
    'shoulder_rotate': (-10, 35),
    'elbow_flex': (2, 45),
    'hip_flex': (-4, 8),
    'hip_abduct': (1, 10),
    'hip_rotate': (-20, 0),
    'knee_flex': (0, 8),
}
# Our choice. An action is (trunk, one side, other side); each gives the ranges
# that differ from rest. Which of the sides is the left one is drawn.
_RAISED = {
    'shoulder_flex': (-10, 30),
    'shoulder_abduct': (95, 150),
    'shoulder_rotate': (-90, 0),
    'elbow_flex': (0, 80),
}
_WAVING = {
    'shoulder_flex': (-10, 30),
    'shoulder_abduct': (60, 110),
    'shoulder_rotate': (-90, -50),
    'elbow_flex': (40, 130),
}
_REACHING = {
    'shoulder_flex': (40, 130),
    'shoulder_abduct': (5, 45),
    'elbow_flex': (0, 70),
}
_AKIMBO = {
    'shoulder_flex': (-30, -5),
    'shoulder_abduct': (35, 60),
    'shoulder_rotate': (40, 70),
    'elbow_flex': (75, 115),
}
_FOLDED = {
    'shoulder_flex': (10, 40),
    'shoulder_rotate': (30, 70),
    'elbow_flex': (70, 130),
}
_SEATED = {
    'hip_flex': (70, 105),
    'hip_abduct': (2, 25),
    'knee_flex': (65, 110),
}
_STEP = {'hip_flex': (12, 42), 'knee_flex': (2, 35)}
_PUSH = {'hip_flex': (-20, -4), 'hip_rotate': (-15, 30), 'knee_flex': (5, 45)}
_FORE = {'shoulder_flex': (15, 50), 'elbow_flex': (10, 90)}
_BACK = {'shoulder_flex': (-45, -12), 'elbow_flex': (5, 80)}
_WIDE = {'hip_abduct': (12, 35), 'hip_rotate': (-35, 0)}
_LUNGE = {'hip_flex': (45, 85), 'knee_flex': (40, 95)}
_ANY_ARM = {
    'shoulder_flex': (-40, 120),
    'shoulder_abduct': (5, 110),
    'shoulder_rotate': (-60, 60),
    'elbow_flex': (0, 130),
}
_STOOP = {'lean': (10, 30), 'bend': (10, 35), 'nod': (-20, 10)}
# (weight, trunk, one side, other side), as common as in photographs
_ACTIONS = tuple(
    action
    for times, *action in (
        (8, {}, {}, {}),
        (3, {}, _AKIMBO, _AKIMBO),
        (1, {}, _FOLDED, {}),
        (1, {}, _FOLDED, _FOLDED),
        (3, {}, _RAISED | _WIDE, _RAISED | _WIDE),
        (2, {}, _WAVING, {}),
        (1, {}, _REACHING, _AKIMBO),
        (8, {'lean': (0, 12)}, _STEP | _BACK, _PUSH | _FORE),
        (1, {'lean': (4, 22)}, _LUNGE | _BACK, _PUSH | _FORE),
        (1, {}, _SEATED | _FOLDED, _SEATED | {}),
        (1, {}, _SEATED | _REACHING, _SEATED | _ANY_ARM),
        (1, _STOOP, _REACHING | _STEP, _ANY_ARM),
        (1, TRUNK_LIMITS, _ANY_ARM | _STEP, _ANY_ARM | _WIDE),
    )
    for _ in range(times)
)


def sample_pose(dice: Dice) -> dict[str, int]:
    """Draw the joint angles of one body.

    Args:
        dice (Dice): Source of the random draws

    Returns:
        dict: Angle of each joint in whole degrees, within its limits. The
        names are those of ``TRUNK_LIMITS`` and, after ``left_`` or
        ``right_``, those of ``LIMB_LIMITS``.
    """
    trunk, *limbs = dice.choice(_ACTIONS)
    if dice.chance(0.5):
        limbs.reverse()
    pose = {
        name: dice.integer(*span)
        for name, span in (_REST_TRUNK | trunk).items()
    }
    for side, limb in zip(SIDES, limbs, strict=True):
        for name, span in (_REST_LIMB | limb).items():
            pose[f'{side}_{name}'] = dice.integer(*span)
    return pose
