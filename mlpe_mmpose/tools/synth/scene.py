"""One image: people and things before a background, and who is seen where."""

from dataclasses import dataclass

import numpy as np

from .background import add_grain, paint_background, paint_thing
from .dice import Dice
from .figure import (
    CODES_PER_PERSON,
    Figure,
    draw_figure,
    on_grid,
    sample_figure,
)
from .parts import PART_CODES

# COCO's order; left is the person's left
KEYPOINTS = (
    'nose',
    'left_eye',
    'right_eye',
    'left_ear',
    'right_ear',
    'left_shoulder',
    'right_shoulder',
    'left_elbow',
    'right_elbow',
    'left_wrist',
    'right_wrist',
    'left_hip',
    'right_hip',
    'left_knee',
    'right_knee',
    'left_ankle',
    'right_ankle',
)
# A keypoint is visible where one of these parts, of its own side, is seen.
_PARTS_AT = {
    'shoulder': ('shoulder', 'upper_arm'),
    'elbow': ('upper_arm', 'forearm'),
    'wrist': ('forearm', 'hand'),
    'hip': ('hip', 'thigh'),
    'knee': ('thigh', 'shank'),
    'ankle': ('shank', 'foot'),
}
NOBODY, THING, CROWD = 0, 1, 2  # owners below the first person's

# Share of images with a crowd, and with things before the people. Ours.
_CROWD_CHANCE, _THINGS_CHANCE = 0.04, 0.3
# Body heights as shares of the image height: at 240 pixels from 75 to 275,
# so that areas lie on both sides of COCO's 96 x 96. Ours.
_SMALLEST, _LARGEST = 0.31, 1.15
_CROWD_HEIGHT = (0.08, 0.14)
_MAX_OVERLAP = 0.35  # of the smaller of two boxes
_PLACE_TRIES = 4
_WHOLE_CHANCE = 0.9  # of not being cut by the border, if it fits
_BESIDE_CHANCE = 0.4
_FLOOR = 0.6  # nobody stands above, as a share of the image height
_MIN_INSIDE = 3  # keypoints inside the image; with less it is nobody


@dataclass
class Person:
    """A person of a scene.

    Args:
        index (int): Number in the scene, from the back to the front
        keypoints (np.ndarray): (17, 3), x and y in pixels and COCO's
            visibility: 2 seen, 1 covered, 0 (and x = y = 0) outside
    """

    index: int
    keypoints: np.ndarray


@dataclass
class Scene:
    """An image and the truth about it.

    Args:
        image (np.ndarray): Picture, (H, W, 3), uint8, blue first
        owners (np.ndarray): What is seen at each pixel, (H, W), uint16:
            ``NOBODY``, ``THING``, ``CROWD``, or :func:`owner_code`
        people (list[Person]): From the back to the front
    """

    image: np.ndarray
    owners: np.ndarray
    people: list[Person]


def owner_code(person: int, part: int = 0) -> int:
    """Give the owner's number of one part of one person."""
    return (person + 1) * CODES_PER_PERSON + part


def render_scene(dice: Dice, size: tuple[int, int], max_people: int) -> Scene:
    """Draw an image.

    Args:
        dice (Dice): Where the draws come from
        size (tuple): Image size [w, h]
        max_people (int): Largest number of people outside a crowd

    Returns:
        Scene: The picture with its owners and people. People of whom no
        pixel is seen are left out.
    """
    width, height = size
    image = paint_background(dice, size)
    owners = np.zeros((height, width), np.uint16)
    if dice.chance(_CROWD_CHANCE):
        _paint_crowd(dice, image, owners)
    placed = _place_people(dice, size, max_people)
    things = dice.integer(1, 2) if dice.chance(_THINGS_CHANCE) else 0
    after = [dice.integer(1, len(placed)) for _ in range(things)]
    for index, (figure, place) in enumerate(placed):
        draw_figure(image, owners, figure, place, owner_code(index))
        for _ in range(after.count(index + 1)):
            paint_thing(dice, image, owners, THING)
    people = [
        Person(index, locate_keypoints(figure, place, owners, index))
        for index, (figure, place) in enumerate(placed)
        if (owners // CODES_PER_PERSON == index + 1).any()
    ]
    return Scene(add_grain(dice, image), owners, people)


def _place_people(dice: Dice, size, max_people) -> list[tuple]:
    """Draw figures and their places, (x, y, height), the far ones first."""
    # the smaller of two draws: few people are likelier than many
    count = min(dice.integer(1, max_people), dice.integer(1, max_people))
    placed, boxes = [], []
    for _ in range(count):
        figure = sample_figure(dice)
        for _ in range(_PLACE_TRIES):
            place, box = _draw_place(dice, figure.extent(), size, boxes)
            crowded = any(_overlap(box, b) > _MAX_OVERLAP for b in boxes)
            inside = sum(
                _is_inside(spot, size) for spot in _spots(figure, place)
            )
            if not crowded and inside >= _MIN_INSIDE:
                placed.append((figure, place))
                boxes.append(box)
                break
    return sorted(placed, key=lambda item: item[1][2])


def _draw_place(dice: Dice, extent, size, boxes):
    """Draw a place, often inside the image, often beside another person."""
    width, height = size
    body = dice.uniform(_SMALLEST, _LARGEST) * height
    left, top, right, bottom = (body * side for side in extent)
    wide, tall = right - left, bottom - top
    x, floor = dice.uniform(0, width - wide), _FLOOR * height
    if wide < width and tall < height and dice.chance(_WHOLE_CHANCE):
        feet = dice.uniform(max(tall, floor), height)
    else:  # cut by the border: the middle is inside, and half the height
        x = dice.uniform(0, width) - wide / 2
        feet = dice.uniform(max(0.75 * tall, floor), height + 0.5 * tall)
    y = feet - tall
    if boxes and dice.chance(_BESIDE_CHANCE):
        x = dice.choice(boxes)[0] + dice.uniform(-0.75, 0.75) * wide
    box = (x, y, x + wide, y + tall)
    return (on_grid(x - left), on_grid(y - top), body), box


def _overlap(box, other) -> float:
    """Give the share of the smaller box that lies in the other."""
    wide = min(box[2], other[2]) - max(box[0], other[0])
    tall = min(box[3], other[3]) - max(box[1], other[1])
    areas = [(b[2] - b[0]) * (b[3] - b[1]) for b in (box, other)]
    return max(wide, 0) * max(tall, 0) / min(areas)


def _paint_crowd(dice: Dice, image: np.ndarray, owners: np.ndarray) -> None:
    """Paint a row of tiny figures, shoulder to shoulder."""
    height, width = owners.shape
    body = dice.uniform(*_CROWD_HEIGHT) * height
    x = dice.uniform(0, width / 2)
    y = dice.uniform(0.2, 0.5) * height
    for _ in range(dice.integer(6, 12)):
        x += dice.uniform(0.3, 0.6) * body
        place = (x, y + dice.uniform(-0.15, 0.15) * body, body)
        draw_figure(image, owners, sample_figure(dice), place, CROWD)


def _spots(figure: Figure, place) -> list[tuple[float, float]]:
    """Give the place of each keypoint on the grid, in pixels."""
    x, y, body = place
    points = [figure.points[name] for name in KEYPOINTS]
    return [
        (on_grid(x + u * body), on_grid(y - v * body)) for u, v, _ in points
    ]


def _is_inside(spot: tuple[float, float], size) -> bool:
    """Tell whether a spot is not beyond the middle of the last pixels."""
    (x, y), (width, height) = spot, size
    return 0 <= x <= width - 1 and 0 <= y <= height - 1


def locate_keypoints(
    figure: Figure,
    place: tuple[float, float, float],
    owners: np.ndarray,
    index: int,
) -> np.ndarray:
    """Find a person's keypoints and whether they are seen.

    Args:
        figure (Figure): The person
        place (tuple): Where the middle of the hips lies, x and y in pixels,
            and the body height in pixels
        owners (np.ndarray): Map of owners of the finished image, (H, W)
        index (int): The person's number

    Returns:
        np.ndarray: (17, 3), see :class:`Person`.
    """
    size = owners.shape[::-1]
    keypoints = np.zeros((len(KEYPOINTS), 3))
    for row, name, spot in zip(
        keypoints, KEYPOINTS, _spots(figure, place), strict=True
    ):
        if _is_inside(spot, size):
            x, y = spot
            owner = int(owners[int(y + 0.5), int(x + 0.5)])
            codes = [owner_code(index, part) for part in parts_at(name)]
            row[:] = x, y, 2 if owner in codes else 1
    return keypoints


def parts_at(keypoint: str) -> tuple[int, ...]:
    """Give the codes of the parts at which a keypoint is seen."""
    side, _, joint = keypoint.partition('_')
    names = _PARTS_AT.get(joint)
    if names is None:
        return (PART_CODES[keypoint],)
    return tuple(PART_CODES[f'{side}_{name}'] for name in names)
