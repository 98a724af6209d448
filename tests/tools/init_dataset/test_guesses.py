"""What is guessed from the names of keypoints."""

import random

import pytest
from beasts import annotations, init, write
from mmpose.datasets.datasets.utils import parse_pose_metainfo

from mlpe_mmpose.annotations.sides import (
    find_unpaired,
    guess_swaps,
    split_words,
)
from mlpe_mmpose.tools.init_dataset.guesses import guess_half, guess_sigma

# parts of which random names are made: sides, separators, other alphabets
PARTS = ['left', 'Right', 'L', 'r', 'l', 'R', 'LEFT', 'right', '_', '-', ' ']
PARTS += ['eye', 'Eye', 'wing', '±', '²', '1', '2', 'ё', 'Ж', '左', '右', 'é']
PARTS += ["'", '"', '\\', '.', '{', '#', '\n']


@pytest.mark.parametrize(
    ('name', 'expected'),
    [
        ('left_eye', ('left', 'eye')),
        ('LShoulder', ('l', 'shoulder')),
        ('lefteye', ('left', 'eye')),
        ('Left Eye 2', ('left', 'eye', '2')),
        ('eye-R', ('eye', 'r')),
        ('cleft', ('cleft',)),
        ('left_wing±', ('left', 'wing', '±')),
        ('left_крыло', ('left', 'крыло')),
        ('Rücken', ('rücken',)),
        ('links Lōrum', ('links', 'lōrum')),
        ('R耳', ('r', '耳')),
    ],
)
def test_a_name_has_words(name, expected):
    assert split_words(name) == expected


def test_pairs_are_names_that_differ_in_their_side_only():
    names = ['l_hand', 'r_hand', 'leftPaw', 'rightPaw', 'left_ear', 'tail']
    swaps = guess_swaps(names)
    assert swaps == {
        'l_hand': 'r_hand',
        'r_hand': 'l_hand',
        'leftPaw': 'rightPaw',
        'rightPaw': 'leftPaw',
    }
    assert find_unpaired(names, swaps) == ['left_ear']


def test_names_that_differ_in_a_sign_have_partners_of_their_own():
    names = ['left_wing', 'right_wing', 'left_wing±', 'right_wing±']
    assert guess_swaps(names) == dict(
        zip(names, [names[1], names[0], names[3], names[2]], strict=True)
    )


def test_names_that_differ_in_case_only_have_no_partner_and_are_listed():
    names = ['left_eye', 'Left_Eye', 'right_eye']
    assert guess_swaps(names) == {}
    assert find_unpaired(names, {}) == names


def test_the_partner_of_a_partner_is_the_name_itself_for_any_names():
    rng = random.Random(0)
    for _ in range(300):
        names = {
            ''.join(rng.choices(PARTS, k=rng.randint(1, 4))) for _ in range(40)
        }
        swaps = guess_swaps(sorted(names))
        assert all(swaps[swaps[name]] == name != swaps[name] for name in swaps)


def test_mmpose_reads_an_involution_from_the_written_metainfo(folder):
    names = ['left_wing±', 'left_wing', 'Left_Wing', 'right_wing', '右\'"']
    write(folder, annotations(names=names))
    metainfo, _ = init(folder)
    info = parse_pose_metainfo(dict(from_file=str(metainfo)))
    assert list(info['keypoint_id2name'].values()) == names
    flipped = info['flip_indices']
    assert [flipped[i] for i in flipped] == list(range(5))


def test_pairs_that_the_file_names_are_not_guessed(folder):
    # a name without a side, and two with sides that the file does not pair
    content = annotations()
    content['categories'][0]['flip_indices'] = [4, 1, 2, 3, 0]
    write(folder, content)
    notes = []
    metainfo, _ = init(folder, say=notes.append)
    info = parse_pose_metainfo(dict(from_file=str(metainfo)))
    assert info['flip_indices'] == [4, 1, 2, 3, 0]
    assert metainfo.read_text().count("swap='',  # the file's") == 3
    assert any("left and right: 1 (the file's)" in note for note in notes)


def test_halves_and_sigmas_follow_the_words():
    assert [guess_half(n) for n in ('RKnee', 'nose', 'tail tip')] == [
        'lower',
        'upper',
        'lower',
    ]
    assert guess_sigma('Right-Wrist') == (0.062, "COCO's of this name")
    assert guess_sigma('antenna') == (0.067, "guessed: COCO's mean")
