import hashlib

import cv2
import numpy as np
import pytest

from mlpe_mmpose.tools.synth.dice import Dice
from mlpe_mmpose.tools.synth.figure import (
    CODES_PER_PERSON,
    Figure,
    draw_figure,
    sample_figure,
)
from mlpe_mmpose.tools.synth.parts import PARTS
from mlpe_mmpose.tools.synth.scene import (
    CROWD,
    KEYPOINTS,
    THING,
    locate_keypoints,
    owner_code,
    parts_at,
    render_scene,
)
from mlpe_mmpose.tools.synth.skeleton import place_joints, sample_build

SIZE = (320, 240)


@pytest.fixture(scope='module')
def scenes() -> list:
    return [render_scene(Dice(1, 0, i), SIZE, 5) for i in range(60)]


def _draw_upright(yaw: int, **bent: int) -> tuple:
    """Draw an upright figure of 200 pixels alone; return what finds it."""
    dice = Dice(0)
    figure = sample_figure(dice)
    angles = dict.fromkeys(POSE_NAMES, 0) | bent
    points = place_joints(angles, (yaw, 0), sample_build(dice))
    figure = Figure(points, figure.radii, figure.wardrobe)
    image = np.zeros((240, 320, 3), np.uint8)
    owners = np.zeros((240, 320), np.uint16)
    place = (160.0, 120.0, 200.0)
    draw_figure(image, owners, figure, place, owner_code(0))
    return figure, place, owners


def _flags(figure, place, owners) -> dict:
    keypoints = locate_keypoints(figure, place, owners, 0)
    return dict(zip(KEYPOINTS, keypoints[:, 2].astype(int), strict=True))


POSE_NAMES = [
    *('lean', 'roll', 'bend', 'twist', 'turn', 'nod', 'tilt'),
    *(
        f'{side}_{name}'
        for side in ('left', 'right')
        for name in (
            *('shoulder_flex', 'shoulder_abduct', 'shoulder_rotate'),
            *('elbow_flex', 'hip_flex', 'hip_abduct', 'hip_rotate'),
            'knee_flex',
        )
    ),
]


def test_equal_streams_draw_equal_images_and_different_streams_others():
    first, again, other = (
        render_scene(Dice(*key), SIZE, 5)
        for key in ((1, 0, 3), (1, 0, 3), (2, 0, 3))
    )
    assert np.array_equal(first.image, again.image)
    assert np.array_equal(first.owners, again.owners)
    assert not np.array_equal(first.image, other.image)


def test_pixels_and_owners_have_the_digest_of_this_version():
    # exact on every machine: see generate_dataset; written down with
    # OpenCV 4.11 and NumPy 1.26, the same with 4.6 and 1.23, 5.0 and 2.5
    digest = hashlib.sha256()
    for index in range(10):
        scene = render_scene(Dice(0, 0, index), SIZE, 5)
        digest.update(scene.image.tobytes())
        digest.update(scene.owners.astype('<u2').tobytes())
    assert digest.hexdigest()[:16] == PIXEL_DIGEST


def test_neither_threads_nor_vector_units_change_a_pixel():
    threads, optimized = cv2.getNumThreads(), cv2.useOptimized()
    images = []
    try:
        for count, fast in ((1, True), (4, True), (1, False)):
            cv2.setNumThreads(count)
            cv2.setUseOptimized(fast)
            images.append(render_scene(Dice(5, 0, 1), SIZE, 5).image)
    finally:
        cv2.setNumThreads(threads)
        cv2.setUseOptimized(optimized)
    assert np.array_equal(images[0], images[1])
    assert np.array_equal(images[0], images[2])


def test_keypoints_lie_in_the_image_or_are_zero(scenes):
    for scene in scenes:
        for keypoints in scene.people.values():
            for x, y, flag in keypoints:
                if flag == 0:
                    assert (x, y) == (0, 0)
                else:
                    assert 0 <= x <= SIZE[0] - 1
                    assert 0 <= y <= SIZE[1] - 1


def test_a_visible_keypoint_is_on_a_pixel_of_its_own_part(scenes):
    seen = {1: 0, 2: 0}
    for scene in scenes:
        for index, keypoints in scene.people.items():
            for name, (x, y, flag) in zip(KEYPOINTS, keypoints, strict=True):
                if flag == 0:
                    continue
                owner = scene.owners[int(y + 0.5), int(x + 0.5)]
                own = owner_code(index)
                parts = [own + part for part in parts_at(name)]
                assert (owner in parts) == (flag == 2)
                seen[int(flag)] += 1
    assert min(seen.values()) > 100


def test_all_keypoints_of_a_lone_person_facing_the_camera_are_visible():
    flags = _flags(*_draw_upright(0))
    assert set(flags.values()) == {2}


def test_the_face_is_covered_when_the_person_looks_away():
    flags = _flags(*_draw_upright(180))
    covered = {name for name, flag in flags.items() if flag == 1}
    assert covered == {'nose', 'left_eye', 'right_eye'}


def test_the_far_side_is_covered_in_profile():
    # facing the right of the image, the near hand moved off the hip
    flags = _flags(*_draw_upright(90, right_shoulder_flex=30))
    for joint in ('eye', 'ear', 'shoulder', 'elbow', 'wrist', 'hip', 'knee'):
        assert flags[f'left_{joint}'] == 1, joint
        assert flags[f'right_{joint}'] == 2, joint


def test_a_thing_painted_over_a_joint_covers_it():
    figure, place, owners = _draw_upright(0)
    x, y, _ = locate_keypoints(figure, place, owners, 0)[
        KEYPOINTS.index('left_knee')
    ]
    cv2.circle(owners, (round(x), round(y)), 6, THING, -1)
    flags = _flags(figure, place, owners)
    assert [name for name, flag in flags.items() if flag == 1] == ['left_knee']


def test_another_person_painted_over_a_joint_covers_it():
    figure, place, owners = _draw_upright(0)
    own = owners >= owner_code(0)
    owners[own] += CODES_PER_PERSON  # the same parts, but of person 1
    assert set(_flags(figure, place, owners).values()) == {1}


def test_a_joint_beyond_the_border_is_outside():
    figure, (_, y, body), owners = _draw_upright(0)
    keypoints = locate_keypoints(figure, (-500.0, y, body), owners, 0)
    assert not keypoints.any()


def test_scenes_have_overlaps_things_and_crowds(scenes):
    counts = [len(scene.people) for scene in scenes]
    assert min(counts) >= 1
    assert max(counts) >= 4
    assert sum((s.owners == THING).any() for s in scenes) > 10
    assert any((s.owners == CROWD).any() for s in scenes)
    beside = sum(
        any(points[:, 2].max() == 1 for points in scene.people.values())
        for scene in scenes
    )
    assert beside < 20  # hardly anyone has all keypoints covered


def test_two_people_share_no_code():
    assert len(PARTS) <= CODES_PER_PERSON
    assert owner_code(0) > CROWD


def test_a_small_upright_image_has_its_shape():
    scene = render_scene(Dice(0, 0, 0), (64, 101), 3)
    assert scene.image.shape == (101, 64, 3)
    assert scene.owners.shape == (101, 64)


PIXEL_DIGEST = '7d4916e1919d46fe'
