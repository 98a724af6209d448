"""The report reads every file that training accepts."""

import json

import numpy as np
import pytest
from spoiled import AREA, FIRST_ID, INFO, Case, K

from mlpe_mmpose.tools.report.diagnosis.diagnose import diagnose
from mlpe_mmpose.tools.report.diagnosis.ground_truth import read_truth


@pytest.fixture
def case(tmp_path) -> Case:
    """Six people, predicted with small errors; their files are written."""
    case = Case(tmp_path)
    case.predicted[..., :2] += np.random.default_rng(1).normal(0, 4, (6, K, 2))
    case.found = case.diagnose()
    assert 0.1 < case.found.metrics['AP'] < 1
    return case


def change(case: Case, **fields: object) -> list[dict]:
    """Write other annotations, with fields replaced, or removed for ``...``.

    Returns:
        list[dict]: The first of them is changed, of the id ``FIRST_ID``.
    """
    path = case.folder / 'truth.json'
    content = json.loads(path.read_text())
    (first,) = [a for a in content['annotations'] if a['id'] == FIRST_ID]
    first.update(fields)
    for field, value in fields.items():
        if value is ...:
            del first[field]
    path.write_text(json.dumps(content))
    return content['annotations']


def again(case: Case):
    return diagnose(
        case.folder / 'truth.json', case.folder / 'results.json', INFO
    )


def test_without_iscrowd_an_annotation_is_no_crowd(case):
    change(case, iscrowd=...)
    found = again(case)
    assert found.metrics == case.found.metrics
    assert found.num_people == 6


@pytest.mark.parametrize(
    'fields',
    [
        dict(keypoints=...),
        dict(keypoints=[], num_keypoints=0),
        dict(keypoints=..., num_keypoints=..., iscrowd=...),
    ],
)
def test_without_keypoints_an_annotation_is_ignored_as_an_unlabelled_one(
    case, fields
):
    # what COCO's files have for a person too small to label
    change(case, keypoints=[0] * 3 * K)
    expected = again(case)
    assert expected.num_people == 5
    change(case, **fields)
    found = again(case)
    assert found.metrics == expected.metrics
    assert found.num_people == found.num_found == 5
    assert FIRST_ID not in {person.annotation_id for person in found.worst}


def test_a_missing_box_spans_the_labelled_keypoints(case):
    case.truth[0, 3] = 0
    labelled = np.delete(case.truth[0, :, :2], 3, axis=0)
    change(case, keypoints=case.truth[0].ravel().tolist(), bbox=...)
    _, truth = read_truth(case.folder / 'truth.json', K)
    (box,) = truth.boxes[truth.ids == FIRST_ID]
    np.testing.assert_array_equal(box[:2], labelled.min(0))
    np.testing.assert_array_equal(box[2:], np.ptp(labelled, axis=0))
    assert again(case).num_people == 6


@pytest.mark.parametrize('area', [..., None])
def test_if_one_area_is_missing_all_are_estimated_from_the_boxes(case, area):
    annotations = change(case, area=area)
    _, truth = read_truth(case.folder / 'truth.json', K)
    boxes = {a['id']: a['bbox'] for a in annotations}
    expected = [0.53 * boxes[i][2] * boxes[i][3] for i in truth.ids]
    np.testing.assert_allclose(truth.areas, expected)
    assert AREA not in truth.areas


@pytest.mark.parametrize(
    ('content', 'message'),
    [
        ('{', r'truth\.json is no JSON file'),
        # MPII's format
        ('[{"joints": []}]', r"truth\.json, .* no 'images'\. COCO's format"),
        ('{"images": []}', "has no 'images'"),
    ],
)
def test_another_format_is_refused(case, content, message):
    (case.folder / 'truth.json').write_text(content)
    with pytest.raises(ValueError, match=message):
        again(case)


def test_another_number_of_keypoints_is_refused_with_the_annotation(case):
    with pytest.raises(ValueError, match=r'51 values .* 133 keypoints'):
        read_truth(case.folder / 'truth.json', 133)


@pytest.mark.parametrize('change', [dict(iscrowd=1), dict(keypoints=[0] * 51)])
def test_annotations_of_which_nobody_counts_are_refused(case, change):
    path = case.folder / 'truth.json'
    content = json.loads(path.read_text())
    for person in content['annotations']:
        person.update(change)
    path.write_text(json.dumps(content))
    with pytest.raises(ValueError, match='no person with a labelled keypoint'):
        read_truth(path, 17)
