from mlpe_mmpose.tools.synth.dice import Dice
from mlpe_mmpose.tools.synth.pose import (
    LIMB_LIMITS,
    SIDES,
    TRUNK_LIMITS,
    sample_pose,
)


def _limits() -> dict:
    limits = dict(TRUNK_LIMITS)
    for side in SIDES:
        for name, span in LIMB_LIMITS.items():
            limits[f'{side}_{name}'] = span
    return limits


def test_every_joint_angle_is_within_its_limits():
    limits, dice = _limits(), Dice(0)
    for _ in range(500):
        pose = sample_pose(dice)
        assert set(pose) == set(limits)
        for name, angle in pose.items():
            low, high = limits[name]
            assert low <= angle <= high, name


def test_poses_use_most_of_the_range_of_every_limb():
    dice = Dice(0)
    poses = [sample_pose(dice) for _ in range(2000)]
    for side in SIDES:
        for name, (low, high) in LIMB_LIMITS.items():
            angles = [pose[f'{side}_{name}'] for pose in poses]
            assert max(angles) - min(angles) > 0.7 * (high - low), name


def test_left_and_right_arms_are_raised_equally_often():
    dice = Dice(0)
    poses = [sample_pose(dice) for _ in range(2000)]
    raised = [
        sum(pose[f'{side}_shoulder_abduct'] > 90 for pose in poses)
        for side in SIDES
    ]
    # each about a tenth of 2000; 5 standard deviations of their difference
    assert abs(raised[0] - raised[1]) < 5 * (2 * 200) ** 0.5
