"""Doubtful people are found, each by one property, and no others."""

from collections.abc import Callable

import pytest

from mlpe_mmpose.annotations.suspicions import Suspicion, find_suspicions

# where the keypoints of a face that is seen are in the box, which is 100x120
PLACES = dict(
    nose=(50, 20),
    left_eye=(60, 15),
    right_eye=(40, 15),
    left_ear=(70, 20),
    right_ear=(30, 20),
    left_shoulder=(80, 60),
    right_shoulder=(20, 60),
)
NAMES = [*PLACES]
NOSE, EAR = 0, NAMES.index('left_ear')
WIDTH, HEIGHT = 640, 480
NUMBER = 24
OUTSIDE = 'a labelled keypoint lies outside the image'
EMPTY = "'area' is 0"
BEYOND = "'bbox' reaches beyond the image"
LARGE = "'area' is more than twice the box's"


def find(spoil: Callable, spoiled: int, number: int = NUMBER) -> list:
    """Find what is doubtful if the first of the people are spoiled."""
    people = []
    for i in range(number):
        x, y = 10 + 13 * i, 20 + 7 * i
        places = [(x + dx, y + dy, 2) for dx, dy in PLACES.values()]
        person = dict(id=i, image_id=i % 3, bbox=[x, y, 100, 120], area=6000)
        person['keypoints'] = [value for place in places for value in place]
        if i < spoiled:
            spoil(person)
        people.append(person)
    images = {i: dict(width=WIDTH, height=HEIGHT) for i in range(3)}
    return list(find_suspicions(people, images, NAMES))


def put(index: int, **values: float) -> Callable:
    """Return a change of x, y or the flag of a keypoint."""

    def spoil(person: dict) -> None:
        for name, value in values.items():
            place = ('x', 'y', 'flag').index(name)
            person['keypoints'][3 * index + place] = value

    return spoil


def exchange(*pairs: int) -> Callable:
    """Return an exchange of keypoints with those that follow them."""

    def spoil(person: dict) -> None:
        rows = person['keypoints']
        for i in (3 * pair for pair in pairs):
            rows[i : i + 6] = [*rows[i + 3 : i + 6], *rows[i : i + 3]]

    return spoil


def let(**fields: object) -> Callable:
    return lambda person: person.update(fields)


def do(*spoils: Callable) -> Callable:
    return lambda person: [spoil(person) for spoil in spoils]


def as_shares(person: dict) -> None:
    for i in range(0, 3 * len(NAMES), 3):
        person['keypoints'][i] /= WIDTH
        person['keypoints'][i + 1] /= HEIGHT


def test_of_sound_people_nothing_is_doubted():
    assert find(let(), 0) == []


@pytest.mark.parametrize(
    ('spoil', 'spoiled', 'is_error', 'what'),
    [
        # one pixel is what tools round
        (let(bbox=[10, 20, WIDTH - 8, 120]), 1, False, BEYOND),
        (let(bbox=[10, 20, 100, HEIGHT - 18]), 1, False, BEYOND),
        (let(area=24_001), 1, False, LARGE),
        # an error for more than a fifth of the people
        (let(area=0), 4, False, EMPTY),
        (let(area=0), 5, True, EMPTY),
        (put(NOSE, x=WIDTH + 2), 4, False, OUTSIDE),
        (put(NOSE, x=WIDTH + 2), 5, True, OUTSIDE),
        (put(NOSE, y=HEIGHT + 2, flag=1), 1, False, OUTSIDE),
        (put(NOSE, x=-2), 1, False, OUTSIDE),
        (
            let(bbox=[500, 20, 100, 120]),
            1,
            True,
            'no labelled keypoint lies in the box',
        ),
        (as_shares, NUMBER, True, 'all keypoints lie within 1 pixel'),
        # for more than three quarters of at least 20 people
        (
            exchange(EAR),
            19,
            False,
            "'left_ear' and 'right_ear' lie contrary to other pairs",
        ),
        (
            exchange(1, 3, 5),
            19,
            False,
            "'left_eye' is left of 'right_eye' in the image",
        ),
    ],
)
def test_people_with_a_doubtful_property_are_named(
    spoil, spoiled, is_error, what
):
    (found,) = find(spoil, spoiled)
    assert isinstance(found, Suspicion)
    assert found.is_error == is_error
    assert found.what.startswith(what)
    assert found.ids == list(range(spoiled))


@pytest.mark.parametrize(
    ('spoil', 'spoiled', 'number'),
    [
        (let(bbox=[10, 20, WIDTH - 9, HEIGHT - 19], area=1), 1, NUMBER),
        (let(area=24_000), NUMBER, NUMBER),
        (let(area=None), NUMBER, NUMBER),
        (put(NOSE, x=WIDTH + 1), 1, NUMBER),
        (put(NOSE, x=-1, y=-1), 1, NUMBER),
        (put(NOSE, x=WIDTH + 99, flag=0), 1, NUMBER),
        # in the box is one keypoint of seven
        (let(bbox=[10 + 75, 20 + 50, 30, 30], area=1), 1, NUMBER),
        (exchange(EAR), 18, NUMBER),
        (exchange(EAR), 19, 19),
        # of ears and shoulders nothing says that they look at the camera
        (do(put(1, flag=0), exchange(EAR, EAR + 2)), NUMBER, NUMBER),
        (do(put(2, x=0, flag=0), exchange(EAR, EAR + 2)), NUMBER, NUMBER),
        # who is not trained on
        (let(area=0, iscrowd=1), 1, NUMBER),
        (let(area=0, image_id=7), 1, NUMBER),
        (let(area=0, bbox=None), 1, NUMBER),
        (let(area=0, keypoints=[0] * 3 * len(NAMES)), 1, NUMBER),
    ],
)
def test_what_may_well_be_true_is_not_doubted(spoil, spoiled, number):
    assert find(spoil, spoiled, number) == []


@pytest.mark.parametrize(
    ('spoil', 'pair'), [(exchange(EAR), EAR), (exchange(1, 3, 5), 1)]
)
def test_people_without_a_pair_do_not_count_for_it(spoil, pair):
    def spoil_half(person: dict) -> None:
        half = spoil if person['id'] < 20 else put(pair, flag=0)
        half(person)

    (found,) = find(spoil_half, 40, 40)
    assert found.ids == list(range(20))


def test_of_two_pairs_either_may_be_the_exchanged_one():
    spoil = do(put(NAMES.index('left_shoulder'), flag=0), exchange(EAR))
    found = find(spoil, NUMBER)
    assert ['ear' in one.what for one in found] == [False, True]
    assert ['eye' in one.what for one in found] == [True, False]
