"""Write scenes as COCO annotations and detection results."""

import cv2
import numpy as np

from mlpe_mmpose.annotations.fields import PERSON

from .dice import Dice
from .figure import CODES_PER_PERSON
from .scene import CROWD, KEYPOINTS, Scene

# COCO's skeleton: pairs of keypoints, counted from 1
_SKELETON = (
    '16-14 14-12 17-15 15-13 12-13 6-12 7-13 6-7 6-8 7-9 8-10 9-11 2-3 1-2 '
    '1-3 2-4 3-5 4-6 5-7'
)
# Annotation id = image id * 100 + number in the image. So an id does not
# depend on the other images; a scene holds fewer than 100 people.
IDS_PER_IMAGE = 100

# Our choice of a detector: it finds 95 of 100 people. Place and size of a box
# err by up to 7 % of the box (standard deviation 4 %). It also finds up to two
# people on an image where there are none.
_HIT_CHANCE, _JITTER, _MAX_FALSE = 0.95, 0.07, 2


def annotate_scene(scene: Scene, image_id: int) -> list[dict]:
    """Write the people and the crowd of a scene as COCO annotations.

    Args:
        scene (Scene): The scene
        image_id (int): Number of its image

    Returns:
        list[dict]: One annotation for each person, then one for the crowd if
        there is any. The segmentation is the exact mask of the visible
        pixels, as an uncompressed run-length code; ``bbox`` bounds the mask
        (x, y, w, h) and ``area`` counts its pixels.
    """
    persons = scene.owners // CODES_PER_PERSON
    rows = [
        (persons == index + 1, keypoints, 0)
        for index, keypoints in scene.people.items()
    ]
    crowd = scene.owners == CROWD
    if crowd.any():
        rows.append((crowd, np.zeros((len(KEYPOINTS), 3)), 1))
    return [
        _describe_mask(mask)
        | {
            'keypoints': [
                int(value) if value.is_integer() else value
                for value in keypoints.ravel().tolist()
            ],
            'num_keypoints': int((keypoints[:, 2] > 0).sum()),
            'iscrowd': iscrowd,
            'id': image_id * IDS_PER_IMAGE + number,
            'image_id': image_id,
            'category_id': PERSON,
        }
        for number, (mask, keypoints, iscrowd) in enumerate(rows)
    ]


def _describe_mask(mask: np.ndarray) -> dict:
    """Return segmentation, area and bbox of a mask that is not empty."""
    # COCO's runs go down the columns; the first counts zeros, maybe none
    strip = np.pad(mask.T.ravel(), 1)
    turns = np.flatnonzero(strip[1:] != strip[:-1])
    counts = np.diff(turns, prepend=0, append=mask.size).tolist()
    return {
        'segmentation': {'size': list(mask.shape), 'counts': counts},
        'area': int(mask.sum()),
        'bbox': list(cv2.boundingRect(mask.astype(np.uint8))),
    }


def detect_people(
    dice: Dice, annotations: list[dict], image_id: int, size: tuple[int, int]
) -> list[dict]:
    """Simulate the results of a person detector.

    Args:
        dice (Dice): Source of the random draws
        annotations (list[dict]): COCO annotations of the image
        image_id (int): Number of the image
        size (tuple): Image size [w, h]

    Returns:
        list[dict]: COCO detection results, boxes (x, y, w, h) inside the
        image, at least one pixel wide and high.
    """
    found = []
    for annotation in annotations:
        if not annotation['iscrowd'] and dice.chance(_HIT_CHANCE):
            box = _jitter_box(dice, annotation['bbox'])
            found.append((box, dice.uniform(0.65, 1.0)))
    width, height = size
    for _ in range(dice.integer(0, _MAX_FALSE)):
        wide, tall = dice.uniform(0.05, 0.3), dice.uniform(0.15, 0.7)
        x, y = dice.uniform(0, 1 - wide), dice.uniform(0, 1 - tall)
        box = (x * width, y * height, wide * width, tall * height)
        found.append((box, dice.uniform(0.05, 0.5)))
    return [
        {
            'image_id': image_id,
            'category_id': PERSON,
            'bbox': _clip_box(box, size),
            'score': round(score, 3),
        }
        for box, score in found
    ]


def _jitter_box(dice: Dice, box):
    """Move and resize a box (x, y, w, h) by a random share of its size."""
    x, y, wide, tall = box
    dx, dy, dw, dh = (dice.uniform(-_JITTER, _JITTER) for _ in range(4))
    return x + dx * wide, y + dy * tall, wide * (1 + dw), tall * (1 + dh)


def _clip_box(box, size) -> list[float]:
    """Clip a box to the image, and round it to 1/10 pixel."""
    ends = []
    for start, length, limit in zip(box[:2], box[2:], size, strict=True):
        low = min(max(round(start, 1), 0.0), limit - 1.0)
        high = min(max(round(start + length, 1), low + 1.0), float(limit))
        ends.append((low, round(high - low, 1)))
    (x, wide), (y, tall) = ends
    return [x, y, wide, tall]


def build_coco_file(images: list[dict], annotations: list[dict]) -> dict:
    """Build the content of a COCO annotation file."""
    bones = [list(map(int, bone.split('-'))) for bone in _SKELETON.split()]
    category = {'id': PERSON, 'name': 'person', 'supercategory': 'person'}
    category |= {'keypoints': list(KEYPOINTS), 'skeleton': bones}
    description = 'Synthetic people of mlpe_mmpose'
    return {
        'info': {'description': description, 'version': '1.0'},
        'licenses': [{'id': 1, 'name': 'Apache-2.0', 'url': ''}],
        'images': images,
        'annotations': annotations,
        'categories': [category],
    }
