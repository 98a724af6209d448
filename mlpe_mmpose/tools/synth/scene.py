"""One image: people and things before a background, and the true labels."""

from dataclasses import dataclass

import numpy as np

from .background import add_grain, paint_background, paint_thing
from .dice import Dice
from .figure import (
    CODES_PER_PERSON,
    Figure,
    draw_figure,
    round_to_grid,
    sample_figure,
)
from .parts import PART_CODES
from .pose import SIDES

_JOINTS = ['eye', 'ear', 'shoulder', 'elbow', 'wrist', 'hip', 'knee', 'ankle']
# COCO's order; left is the person's left
KEYPOINTS = ('nose', *(f'{s}_{joint}' for joint in _JOINTS for s in SIDES))
# A keypoint is visible if its pixel shows one of these parts of its side.
_PARTS_AT = {
    'shoulder': ('shoulder', 'upper_arm'),
    'elbow': ('upper_arm', 'forearm'),
    'wrist': ('forearm', 'hand'),
    'hip': ('hip', 'thigh'),
    'knee': ('thigh', 'shank'),
    'ankle': ('shank', 'foot'),
}
NOBODY, THING, CROWD = 0, 1, 2  # smaller than the code of any person

# All of these are our choice. Heights of a body are shares of the image
# height: at 240 pixels from 75 to 275, on both sides of COCO's 96 x 96 pixels.
_CROWD_CHANCE, _THINGS_CHANCE = 0.04, 0.3  # shares of the images
_SMALLEST, _LARGEST = 0.31, 1.15
_CROWD_HEIGHT = (0.08, 0.14)
_MAX_OVERLAP = 0.35  # of the smaller of two boxes
_PLACE_TRIES = 4
_WHOLE_CHANCE = 0.9  # a body that fits is not cut by the border
_BESIDE_CHANCE = 0.4
_FLOOR = 0.6  # no feet are above this share of the image height
_MIN_INSIDE = 3  # keypoints inside the image; other figures are left out


@dataclass
class Scene:
    """An image and its true labels.

    Args:
        image (np.ndarray): Picture, (H, W, 3), uint8, blue first
        owners (np.ndarray): What each pixel shows, (H, W), uint16:
            ``NOBODY``, ``THING``, ``CROWD``, or a part of a person, from
            :func:`owner_code` on
        people (dict): Keypoints of each person that has a visible pixel, from
            the back to the front. The key is the number of the person in
            ``owners``; the keypoints are those of :func:`locate_keypoints`
    """

    image: np.ndarray
    owners: np.ndarray
    people: dict[int, np.ndarray]


def owner_code(person: int) -> int:
    """Return the code of a person's first part in the map of owners."""
    return (person + 1) * CODES_PER_PERSON


def render_scene(dice: Dice, size: tuple[int, int], max_people: int) -> Scene:
    """Draw an image.

    Args:
        dice (Dice): Source of the random draws
        size (tuple): Image size [w, h]
        max_people (int): Largest number of people outside a crowd

    Returns:
        Scene: The image with its owners and people.
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
    people = {
        index: locate_keypoints(figure, place, owners, index)
        for index, (figure, place) in enumerate(placed)
        if (owners // CODES_PER_PERSON == index + 1).any()
    }
    return Scene(add_grain(dice, image), owners, people)


def _place_people(dice: Dice, size, max_people) -> list[tuple]:
    """Draw figures with their places (x, y, height), small ones first."""
    # the smaller of two draws, so that most images have few people
    count = min(dice.integer(1, max_people), dice.integer(1, max_people))
    placed, boxes = [], []
    for _ in range(count):
        figure = sample_figure(dice)
        for _ in range(_PLACE_TRIES):
            place, box = _draw_place(dice, figure.bound(), size, boxes)
            crowded = any(_overlap(box, b) > _MAX_OVERLAP for b in boxes)
            inside = _find_inside(_locate_points(figure, place), size)
            if not crowded and inside.sum() >= _MIN_INSIDE:
                placed.append((figure, place))
                boxes.append(box)
                break
    return sorted(placed, key=lambda item: item[1][2])


def _draw_place(dice: Dice, extent, size, boxes):
    """Draw the place of a body, and the box (left, top, right, bottom)."""
    width, height = size
    body = dice.uniform(_SMALLEST, _LARGEST) * height
    left, top, right, bottom = (body * side for side in extent)
    wide, tall = right - left, bottom - top
    x, floor = dice.uniform(0, width - wide), _FLOOR * height
    if wide < width and tall < height and dice.chance(_WHOLE_CHANCE):
        feet = dice.uniform(max(tall, floor), height)
    else:  # cut by the border; the middle and half of the height are inside
        x = dice.uniform(0, width) - wide / 2
        feet = dice.uniform(max(0.75 * tall, floor), height + 0.5 * tall)
    y = feet - tall
    if boxes and dice.chance(_BESIDE_CHANCE):
        x = dice.choice(boxes)[0] + dice.uniform(-0.75, 0.75) * wide
    box = (x, y, x + wide, y + tall)
    return (round_to_grid(x - left), round_to_grid(y - top), body), box


def _overlap(box, other) -> float:
    """Return the share of the smaller box that lies in the other box."""
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


def _locate_points(figure: Figure, place) -> np.ndarray:
    """Return (x, y) of each keypoint in pixels, rounded to the grid."""
    x, y, body = place
    points = np.array([figure.points[name][:2] for name in KEYPOINTS])
    return round_to_grid(points * (body, -body) + (x, y))


def _find_inside(points: np.ndarray, size) -> np.ndarray:
    """Tell which points lie between the centres of the outermost pixels."""
    return ((points >= 0) & (points <= np.array(size) - 1)).all(axis=1)


def locate_keypoints(
    figure: Figure,
    place: tuple[float, float, float],
    owners: np.ndarray,
    index: int,
) -> np.ndarray:
    """Return the keypoints of a person and their visibility.

    Args:
        figure (Figure): The person
        place (tuple): Middle of the hips (x, y), and body height, in pixels
        owners (np.ndarray): Map of owners of the complete image, (H, W)
        index (int): Number of the person in the scene

    Returns:
        np.ndarray: (17, 3), x and y in pixels and COCO's visibility: 2
        visible, 1 covered, 0 (and x = y = 0) outside
    """
    points = _locate_points(figure, place)
    keypoints = np.zeros((len(KEYPOINTS), 3))
    for i in np.flatnonzero(_find_inside(points, owners.shape[::-1])):
        column, row = np.floor(points[i] + 0.5).astype(int)
        part = int(owners[row, column]) - owner_code(index)
        visible = part in parts_at(KEYPOINTS[i])
        keypoints[i] = *points[i], 2 if visible else 1
    return keypoints


def parts_at(keypoint: str) -> list[int]:
    """Return the codes of the parts at which a keypoint is visible."""
    side, _, joint = keypoint.partition('_')
    names = [f'{side}_{name}' for name in _PARTS_AT.get(joint, ())]
    return [PART_CODES[name] for name in names or [keypoint]]
