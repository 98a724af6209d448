"""Errors made on purpose are found and named, with their cost in AP."""

import json
from pathlib import Path

import numpy as np
import pytest
from mmpose.datasets.datasets import CocoDataset
from spoiled import AREA, FIRST_ID, INFO, Case, K

from mlpe_mmpose.tools.report.diagnosis.diagnose import diagnose
from mlpe_mmpose.tools.report.diagnosis.findings import Diagnosis

NOSE, LEFT_WRIST, RIGHT_WRIST = 0, 9, 10


def shift_for(similarity: float, keypoint: int) -> float:
    """Pixels after which a keypoint has this similarity."""
    tolerance = 2 * INFO['sigmas'][keypoint] * np.sqrt(AREA)
    return float(tolerance * np.sqrt(-2 * np.log(similarity)))


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return Case(tmp_path)


def by_name(found: Diagnosis) -> dict[str, int]:
    return {error.name: error.count for error in found.errors}


def test_perfect_predictions_have_no_error(case):
    found = case.diagnose()
    assert found.metrics['AP'] == 1
    assert (found.num_people, found.num_found) == (6, 6)
    assert found.num_good == 6 * K
    assert not any(by_name(found).values())
    assert all(error.gain == 0 for error in found.errors)
    assert all(keypoint.median == 0 for keypoint in found.keypoints)
    assert all(person.oks == 1 for person in found.worst)


def test_the_number_of_the_only_category_does_not_count(case):
    case.category_id = 7
    assert case.diagnose().metrics['AP'] == 1


@pytest.mark.parametrize(
    ('similarity', 'kind'),
    [(0.9, None), (0.84, 'jitter'), (0.51, 'jitter'), (0.49, 'miss')],
)
def test_how_far_a_keypoint_is_off_decides_between_jitter_and_miss(
    case, similarity, kind
):
    case.predicted[2, NOSE, 1] -= shift_for(similarity, NOSE)
    found = case.diagnose()
    expected = dict.fromkeys(by_name(found), 0)
    if kind:
        expected[kind] = 1
    assert by_name(found) == expected
    assert found.num_good == 6 * K - sum(expected.values())
    nose = found.keypoints[NOSE]
    assert nose.similarity == pytest.approx((5 + similarity) / 6)
    assert found.keypoints[1].similarity == 1


def test_exchanged_wrists_are_two_inversions(case):
    case.predicted[1, [LEFT_WRIST, RIGHT_WRIST]] = case.predicted[
        1, [RIGHT_WRIST, LEFT_WRIST]
    ]
    found = case.diagnose()
    assert by_name(found) == dict(jitter=0, inversion=2, swap=0, miss=0)
    worst = found.worst[0]
    assert worst.annotation_id == 1 + FIRST_ID
    assert worst.kinds[LEFT_WRIST] == worst.kinds[RIGHT_WRIST] == 'inversion'
    assert worst.oks == pytest.approx(15 / 17, abs=1e-3)


def test_another_keypoint_of_the_same_person_is_no_inversion(case):
    # the nose has no mirrored counterpart, and the elbow is not the wrist's
    case.predicted[1, NOSE] = case.predicted[1, LEFT_WRIST]
    case.predicted[1, 7] = case.predicted[1, LEFT_WRIST]
    assert by_name(case.diagnose())['miss'] == 2


def test_a_neighbours_keypoint_is_a_swap_mirrored_or_not(tmp_path):
    case = Case(tmp_path, per_image=2)
    case.predicted[0, LEFT_WRIST] = case.truth[1, LEFT_WRIST]
    case.predicted[2, LEFT_WRIST] = case.truth[3, RIGHT_WRIST]
    # a keypoint of another image is a miss
    case.predicted[4, LEFT_WRIST] = case.truth[3, LEFT_WRIST] + 2000
    found = case.diagnose()
    assert by_name(found) == dict(jitter=0, inversion=0, swap=2, miss=1)


def test_without_the_only_kind_of_error_the_ap_is_1(case):
    for person in range(6):
        case.predicted[person, :12, 1] -= [
            shift_for(0.6, keypoint) for keypoint in range(12)
        ]
    found = case.diagnose()
    assert found.metrics['AP'] < 0.9
    jitter = found.errors[0]
    assert (jitter.name, jitter.count) == ('jitter', 6 * 12)
    assert jitter.ap_fixed == 1
    assert jitter.gain == pytest.approx(1 - found.metrics['AP'])
    assert all(error.gain == 0 for error in found.errors[1:])


def test_kinds_of_random_errors_add_up_to_all_labelled_keypoints(tmp_path):
    random = np.random.default_rng(1)
    case = Case(tmp_path, people=12, per_image=3)
    noise = random.normal(0, 1, (12, K, 2)) * random.uniform(0, 60, (12, 1, 1))
    case.predicted[..., :2] += noise
    hidden = random.random((12, K)) < 0.2
    case.truth[hidden] = 0
    found = case.diagnose()
    labelled = sum(keypoint.count for keypoint in found.keypoints)
    assert found.num_good + sum(by_name(found).values()) == labelled
    assert sum(error.count > 3 for error in found.errors) >= 2
    shares = sum(error.share for error in found.errors)
    assert shares == pytest.approx(1 - found.num_good / labelled)
    worst = [person.oks for person in found.worst]
    best = [person.oks for person in found.best]
    assert worst == sorted(worst)
    # the case has fewer people than there are places for the worst
    assert best == worst[: -len(best) - 1 : -1]


def test_a_person_without_a_detection_is_the_worst(case):
    case.predicted[3, :, :2] += 700
    found = case.diagnose()
    assert (found.num_found, found.num_people) == (5, 6)
    first = found.worst[0]
    assert first.annotation_id == 3 + FIRST_ID
    assert (first.oks, first.predicted) == (0, None)
    assert first.kinds == ('',) * K


def test_of_people_without_a_detection_those_with_more_keypoints_come_first(
    case,
):
    case.predicted[2:5, :, :2] += 700
    case.truth[2, :3] = 0
    case.truth[3, :1] = 0
    case.truth[4, :2] = 0
    first = [
        person.annotation_id - FIRST_ID for person in case.diagnose().worst
    ]
    assert first[:3] == [3, 4, 2]


@pytest.mark.parametrize(('similarity', 'found'), [(0.11, 6), (0.09, 5)])
def test_a_detection_with_an_oks_below_a_tenth_matches_nobody(
    case, similarity, found
):
    case.predicted[3, :, 1] -= [shift_for(similarity, k) for k in range(K)]
    assert case.diagnose().num_found == found


@pytest.mark.parametrize(('better', 'jitter'), [(0, K), (1, 0)])
def test_the_detection_of_the_higher_score_is_matched_first(
    tmp_path, better, jitter
):
    case = Case(tmp_path, people=2, per_image=2)
    # both detections are of the first person; the second is exact
    case.predicted[1] = case.predicted[0]
    case.predicted[0, :, 1] -= [shift_for(0.7, k) for k in range(K)]
    case.scores[better], case.scores[1 - better] = 0.9, 0.8
    found = case.diagnose()
    assert found.num_found == 1
    assert by_name(found)['jitter'] == jitter


def test_distances_are_in_units_of_the_tolerance(tmp_path):
    case = Case(tmp_path, people=11)
    # similarity exp(-1/2) at a distance of 1
    unit = shift_for(float(np.exp(-0.5)), NOSE)
    case.predicted[:, NOSE, 1] -= unit * np.arange(11) / 10
    nose = case.diagnose().keypoints[NOSE]
    assert nose.median == pytest.approx(0.5)
    assert nose.tenth == pytest.approx(0.9)


def test_people_without_labelled_keypoints_are_ignored(case):
    case.truth[0] = 0
    found = case.diagnose()
    assert (found.num_people, found.num_found) == (5, 5)
    assert found.metrics['AP'] == 1


@pytest.mark.parametrize(
    ('results', 'message'),
    [
        ('{', 'no JSON file'),
        ('[]', 'it is empty'),
        ('[{"keypoints": [1, 2, 3]}]', "'image_id' is missing"),
        (
            '[{"image_id": 1, "category_id": 1, "keypoints": [], "score": 1, '
            '"bbox": [1, 2, 3]}]',
            r"'bbox' is \[1, 2, 3\]; it needs to be a box",
        ),
    ],
)
def test_files_that_are_no_results_are_refused(case, results, message):
    case.diagnose()
    (case.folder / 'results.json').write_text(results)
    with pytest.raises(ValueError, match=message):
        diagnose(
            case.folder / 'truth.json', case.folder / 'results.json', INFO
        )


def test_a_pose_without_a_box_may_say_so(case):
    found = case.diagnose()
    results = json.loads((case.folder / 'results.json').read_text())
    for number, result in enumerate(results):
        result['bbox'] = None if number == 4 else [0, 0, 9, 9]
    (case.folder / 'results.json').write_text(json.dumps(results))
    again = diagnose(
        case.folder / 'truth.json', case.folder / 'results.json', INFO
    )
    assert again.metrics == found.metrics


def test_results_on_other_images_are_refused(case):
    case.diagnose()
    results = json.loads((case.folder / 'results.json').read_text())
    results[4]['image_id'] = 99
    (case.folder / 'results.json').write_text(json.dumps(results))
    with pytest.raises(ValueError, match="'image_id' is 99, which is none"):
        diagnose(
            case.folder / 'truth.json',
            case.folder / 'results.json',
            CocoDataset.METAINFO,
        )
