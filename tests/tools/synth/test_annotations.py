import numpy as np
import pytest
from pycocotools import mask as coco_mask

from mlpe_mmpose.tools.synth.annotations import (
    IDS_PER_IMAGE,
    annotate_scene,
    build_coco_file,
    detect_people,
)
from mlpe_mmpose.tools.synth.dice import Dice
from mlpe_mmpose.tools.synth.scene import (
    CROWD,
    KEYPOINTS,
    Scene,
    owner_code,
    render_scene,
)

SIZE = (320, 240)


@pytest.fixture(scope='module')
def annotated() -> list:
    scenes = [render_scene(Dice(2, 0, i), SIZE, 5) for i in range(60)]
    return [
        (scene, annotate_scene(scene, image_id))
        for image_id, scene in enumerate(scenes, start=1)
    ]


def _mask(segmentation: dict) -> np.ndarray:
    height, width = segmentation['size']
    code = coco_mask.frPyObjects(segmentation, height, width)
    return coco_mask.decode(code).astype(bool)


def _tiny_scene(owners: list[list[int]]) -> Scene:
    owners = np.array(owners, np.uint16)
    image = np.zeros(owners.shape + (3,), np.uint8)
    return Scene(image, owners, {0: np.zeros((len(KEYPOINTS), 3))})


def test_the_segmentation_is_the_mask_of_the_visible_pixels(annotated):
    for scene, annotations in annotated:
        people = scene.owners // owner_code(0)
        for index, annotation in zip(scene.people, annotations, strict=False):
            mask = _mask(annotation['segmentation'])
            assert np.array_equal(mask, people == index + 1)


def test_area_counts_the_mask_and_the_box_bounds_it_tightly(annotated):
    for _, annotations in annotated:
        for annotation in annotations:
            mask = _mask(annotation['segmentation'])
            assert annotation['area'] == mask.sum() > 0
            x, y, w, h = annotation['bbox']
            assert mask[y : y + h, x : x + w].sum() == mask.sum()
            rows, columns = np.nonzero(mask)
            assert (rows.min(), rows.max()) == (y, y + h - 1)
            assert (columns.min(), columns.max()) == (x, x + w - 1)


@pytest.mark.parametrize(
    ('pixels', 'counts', 'bbox'),
    [
        ([[1, 0], [0, 0]], [0, 1, 3], [0, 0, 1, 1]),
        ([[0, 0], [0, 1]], [3, 1, 0], [1, 1, 1, 1]),
        ([[0, 1], [1, 0]], [1, 2, 1], [0, 0, 2, 2]),
        ([[1, 1], [1, 1]], [0, 4, 0], [0, 0, 2, 2]),
    ],
)
def test_runs_go_down_the_columns_and_the_first_counts_zeros(
    pixels, counts, bbox
):
    owners = [[owner_code(0) * pixel for pixel in row] for row in pixels]
    (annotation,) = annotate_scene(_tiny_scene(owners), 1)
    assert annotation['segmentation']['counts'] == counts
    assert annotation['bbox'] == bbox


def test_num_keypoints_counts_those_inside_the_image(annotated):
    for _, annotations in annotated:
        for annotation in annotations:
            flags = annotation['keypoints'][2::3]
            assert len(annotation['keypoints']) == 51
            assert annotation['num_keypoints'] == 17 - flags.count(0)


def test_a_crowd_is_one_region_without_keypoints(annotated):
    crowds = 0
    for scene, annotations in annotated:
        regions = [a for a in annotations if a['iscrowd']]
        assert len(regions) == int((scene.owners == CROWD).any())
        for region in regions:
            crowds += 1
            assert region['keypoints'] == [0] * 51
            assert region['num_keypoints'] == 0
            mask = _mask(region['segmentation'])
            assert np.array_equal(mask, scene.owners == CROWD)
    assert crowds > 0


def test_ids_belong_to_the_image_and_to_one_annotation(annotated):
    ids = [a['id'] for _, annotations in annotated for a in annotations]
    assert len(set(ids)) == len(ids)
    for _, annotations in annotated:
        for a in annotations:
            assert a['id'] // IDS_PER_IMAGE == a['image_id']


def test_sizes_fall_on_both_sides_of_what_coco_calls_large(annotated):
    areas = np.array(
        [a['area'] for _, rows in annotated for a in rows if not a['iscrowd']]
    )
    assert ((areas > 32**2) & (areas < 96**2)).mean() > 0.2
    assert (areas > 96**2).mean() > 0.1


def test_detections_lie_in_the_image_and_are_at_least_a_pixel_wide(annotated):
    for image_id, (_, annotations) in enumerate(annotated, start=1):
        for found in detect_people(Dice(image_id), annotations, 7, SIZE):
            x, y, w, h = found['bbox']
            assert found['image_id'] == 7
            assert min(x, y) >= 0
            assert min(w, h) >= 1
            assert x + w <= SIZE[0] + 1e-6
            assert y + h <= SIZE[1] + 1e-6
            assert 0 < found['score'] <= 1


def test_a_box_at_the_border_is_clipped_and_stays_a_pixel_wide():
    corner = {'iscrowd': 0, 'bbox': [319, 239, 1, 1]}
    for seed in range(20):
        for found in detect_people(Dice(seed), [corner], 1, SIZE):
            x, y, w, h = found['bbox']
            assert min(w, h) >= 1
            assert max(x + w - SIZE[0], y + h - SIZE[1]) <= 1e-6


def test_the_detector_misses_one_in_twenty_and_errs_by_4_percent():
    people = [{'iscrowd': 0, 'bbox': [100, 50, 100, 100]}] * 4000
    found = detect_people(Dice(0), people, 1, SIZE)
    hits = [f['bbox'] for f in found if f['score'] > 0.5]
    # 4 standard deviations: sqrt(4000 * 0.95 * 0.05) = 13.8
    assert abs(len(hits) - 3800) < 4 * 14
    error = np.array(hits) - people[0]['bbox']
    # 7 / sqrt(3) = 4.04
    assert np.allclose(error.std(axis=0), 4.04, atol=0.2)
    assert len(found) - len(hits) <= 2


def test_crowds_are_not_detected():
    crowd = {'iscrowd': 1, 'bbox': [10, 10, 50, 20]}
    scores = [
        found['score']
        for seed in range(20)
        for found in detect_people(Dice(seed), [crowd], 1, SIZE)
    ]
    assert max(scores) <= 0.5  # false boxes only


def test_the_category_has_keypoints_and_skeleton_of_coco():
    (category,) = build_coco_file([], [])['categories']
    assert category['keypoints'][:2] == ['nose', 'left_eye']
    assert len(category['keypoints']) == 17
    assert len(category['skeleton']) == 19
    joints = {joint for bone in category['skeleton'] for joint in bone}
    assert joints == set(range(1, 18))
