"""The AP of each slice of the people, and which people are in it."""

import json
from copy import deepcopy

import numpy as np
import pytest
from spoiled import FIRST_ID, Case, K
from xtcocotools.coco import COCO
from xtcocotools.cocoeval import COCOeval

from mlpe_mmpose.tools.report.diagnosis.ground_truth import GroundTruth
from mlpe_mmpose.tools.report.diagnosis.slices import compute_crowd_indices


def test_slices_have_the_ap_of_coco_with_all_others_ignored(tmp_path):
    random = np.random.default_rng(2)
    case = Case(tmp_path, people=30)
    case.predicted[..., :2] += random.normal(0, 5, (30, K, 2))
    case.truth[:10, :5, 2] = 1
    case.truth[10:20, :12, 2] = 1
    found = case.diagnose()
    numbers = [part.num_people for part in found.slices['visibility']]
    assert numbers == [10, 10, 10]
    content = json.loads((tmp_path / 'truth.json').read_text())
    for part, chosen in zip(
        found.slices['visibility'],
        (range(20, 30), range(10), range(10, 20)),
        strict=True,
    ):
        # xtcocotools ignores crowds; it counts keypoints itself
        coco = COCO()
        coco.dataset = deepcopy(content)
        coco.createIndex()
        for person in coco.dataset['annotations']:
            if person['id'] - FIRST_ID not in chosen:
                person['iscrowd'] = 1
        predicted = coco.loadRes(str(tmp_path / 'results.json'))
        evaluation = COCOeval(coco, predicted, 'keypoints')
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
        assert part.ap == pytest.approx(evaluation.stats[0], abs=1e-6)
    whole = (found.metrics['AP'], found.metrics['AR'])
    assert 0.1 < whole[0] < 0.9


def test_the_crowd_index_is_that_of_crowdpose(tmp_path):
    case = Case(tmp_path, people=4, per_image=2)
    # the second person of the first image moves into the first's box with
    # 4 of 17 keypoints, whose own box is where it was
    case.truth[1, :4, 0] = 45.0
    case.truth[1, :4, 1] = 45.0
    case.predicted[..., :2] = case.truth[..., :2]
    found = case.diagnose()
    # the other's box starts at its leftmost keypoint, 45, and is as wide:
    # it holds those of the first that lie right of it, of 13 of its own
    # within 406 pixels none but its four
    first = case.truth[0, :, 0]
    held = int((first >= 45).sum())
    index = (4 / 17 + held / 4) / 2
    coco = COCO(str(tmp_path / 'truth.json'))
    truth = GroundTruth.from_coco(coco, K, True)
    assert compute_crowd_indices(truth) == pytest.approx([index, 0, 0, 0])
    name = 'hard' if index > 0.8 else 'medium'
    sizes = {part.name: part.num_people for part in found.slices['crowding']}
    assert sizes == {'easy': 2, 'medium': 0, 'hard': 0} | {name: 2}
    empty = [part for part in found.slices['crowding'] if not part.num_people]
    assert all(part.ap is None for part in empty)
