"""Pictures of predicted poses next to the ground truth."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from mlpe_mmpose.tools.demo.pictures import MIN_WIDTH, draw_pairs

SIZE = (160, 120)
BACKGROUND = 90


def person(image_id: int, x: float, value: float) -> dict:
    """All keypoints on a vertical line; ``value`` is their flag or score."""
    keypoints = [(x, 10.0 + 6 * k, value) for k in range(17)]
    flat = [number for keypoint in keypoints for number in keypoint]
    return dict(image_id=image_id, keypoints=flat, num_keypoints=17)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three images; the second has one person, the others two."""
    images = [dict(id=i, file_name=f'{i}.jpg') for i in (1, 2, 3)]
    people = [person(i, x, 2) for i in (1, 3) for x in (40.0, 120.0)]
    truth = dict(images=images, annotations=[*people, person(2, 40.0, 2)])
    # one of the two persons is found, the other's score says it is not
    found = [person(1, 40.0, 1.4), person(1, 120.0, 0.55)]
    (tmp_path / 'truth.json').write_text(json.dumps(truth))
    (tmp_path / 'found.json').write_text(json.dumps(found))
    for image in images:
        picture = np.full((*SIZE[::-1], 3), BACKGROUND, np.uint8)
        cv2.imwrite(str(tmp_path / image['file_name']), picture)
    return tmp_path


def draw(folder: Path, **kwargs) -> list[Path]:
    return draw_pairs(
        folder / 'truth.json',
        folder / 'found.json',
        folder,
        folder / 'out',
        **kwargs,
    )


def drawn_columns(panel: np.ndarray) -> np.ndarray:
    """Whether something was drawn at x = 40 and at x = 120."""
    # below the title
    changed = (panel[60:].astype(int) - BACKGROUND).any(axis=(0, 2))
    scale = MIN_WIDTH // SIZE[0]
    return changed[[40 * scale + 1, 120 * scale + 1]]


def test_only_images_with_two_people_are_drawn_in_order(folder):
    assert [path.name for path in draw(folder)] == ['1.png', '3.png']
    assert len(draw(folder, num_images=1)) == 1


def test_annotations_are_left_and_detections_right(folder):
    picture = cv2.imread(str(draw(folder)[0]))
    left, right = np.split(picture, 2, axis=1)
    assert left.shape[1] == MIN_WIDTH
    assert drawn_columns(left).tolist() == [True, True]
    assert drawn_columns(right).tolist() == [True, False]


def test_an_image_without_predictions_stays_empty_on_the_right(folder):
    picture = cv2.imread(str(draw(folder)[1]))
    assert not drawn_columns(np.split(picture, 2, axis=1)[1]).any()
