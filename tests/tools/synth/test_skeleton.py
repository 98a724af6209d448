import math

import numpy as np
import pytest

from mlpe_mmpose.tools.synth.dice import Dice
from mlpe_mmpose.tools.synth.pose import sample_pose
from mlpe_mmpose.tools.synth.skeleton import (
    SINES,
    Build,
    place_joints,
    rotate,
    sample_build,
    sample_view,
)

AVERAGE = Build(breadth=1.0, legs=1.0, head=1.0, girth=1.0)
ANGLES = dict.fromkeys(sample_pose(Dice(0)), 0)  # upright, arms hanging


def _place(yaw: int = 0, tilt: int = 0, **angles: int) -> dict:
    return place_joints(ANGLES | angles, (yaw, tilt), AVERAGE)


def test_no_sine_is_so_near_a_tie_that_a_libm_could_decide_it():
    for degree, sine in enumerate(SINES):
        exact = math.sin(math.radians(degree)) * 2**16
        assert abs(exact - sine * 2**16) < 0.5 - 1e-6


def test_left_is_right_in_the_image_when_the_person_faces_the_camera():
    for joint in ('eye', 'ear', 'shoulder', 'elbow', 'wrist', 'hip', 'ankle'):
        front, back = _place(0), _place(180)
        assert front[f'left_{joint}'][0] > front[f'right_{joint}'][0]
        assert back[f'left_{joint}'][0] < back[f'right_{joint}'][0]


def test_a_person_who_faces_the_right_of_the_image_turns_the_left_side_away():
    points = _place(90)
    assert points['nose'][0] > points['head'][0]
    assert points['left_shoulder'][2] < points['right_shoulder'][2]


def test_the_nose_is_on_the_near_side_only_when_facing_the_camera():
    assert _place(0)['nose'][2] > _place(0)['head'][2]
    assert _place(180)['nose'][2] < _place(180)['head'][2]


def test_the_body_is_as_high_as_its_unit_says():
    points = _place()
    top = points['head'][1] + 0.065  # half a head: Drillis and Contini
    sole = points['left_ankle'][1] - 0.039
    assert abs(top - sole - 1.0) < 0.05


@pytest.mark.parametrize('side', ['left', 'right'])
def test_limbs_bend_the_way_they_do_on_people(side):
    points = _place(**{f'{side}_elbow_flex': 90, f'{side}_knee_flex': 90})
    # toward the camera is forward here
    assert points[f'{side}_wrist'][2] > points[f'{side}_elbow'][2] + 0.1
    assert points[f'{side}_ankle'][2] < points[f'{side}_knee'][2] - 0.2
    points = _place(**{f'{side}_hip_flex': 90})
    assert points[f'{side}_knee'][2] > points[f'{side}_hip'][2] + 0.2


def test_raised_arms_are_above_the_head():
    points = _place(left_shoulder_abduct=150, right_shoulder_flex=170)
    assert points['left_wrist'][1] > points['head'][1]
    assert points['right_wrist'][1] > points['head'][1]


def test_bones_keep_their_length_in_every_pose():
    bones = (
        ('left_shoulder', 'left_elbow', 0.186),
        ('right_elbow', 'right_wrist', 0.146),
        ('left_hip', 'left_knee', 0.245),
        ('right_knee', 'right_ankle', 0.246),
    )
    dice = Dice(1)
    for _ in range(50):
        points = place_joints(sample_pose(dice), sample_view(dice), AVERAGE)
        for start, end, length in bones:
            # sines of 16 bits are off by 1e-5 at most, over 8 turns
            distance = math.dist(points[start], points[end])
            assert abs(distance - length) < 1e-4


def test_rotations_follow_the_right_hand_rule():
    frame = np.eye(3)
    assert rotate(frame, ('y', 90))[2].tolist() == [1, 0, 0]  # z goes to x
    assert rotate(frame, ('x', 90))[1].tolist() == [0, 0, 1]  # y goes to z
    assert rotate(frame, ('z', 90))[0].tolist() == [0, 1, 0]  # x goes to y


def test_one_in_five_is_a_child_with_a_large_head():
    dice = Dice(0)
    heads = [sample_build(dice).head for _ in range(1000)]
    share = sum(head > 1.22 for head in heads) / 1000
    # 4 standard deviations: sqrt(0.2 * 0.8 / 1000) = 0.0126
    assert abs(share - 0.2) < 4 * 0.0126
