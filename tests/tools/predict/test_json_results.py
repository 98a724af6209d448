"""Results: valid JSON at any time, and scores as MMPose's."""

import json

import numpy as np
import pytest

from mlpe_mmpose.tools.predict.frames import Frame
from mlpe_mmpose.tools.predict.json_list import JsonList


def test_the_file_is_valid_after_every_append(tmp_path):
    path = tmp_path / 'list.json'
    expected = []
    with JsonList(path) as items:
        assert json.loads(path.read_text()) == []
        for number in range(4):
            new = [dict(number=number)] * number
            items.append(new)
            expected += new
            # while the file is open
            assert json.loads(path.read_text()) == expected
    assert json.loads(path.read_text()) == expected


def test_a_file_of_another_call_is_not_replaced(tmp_path):
    # two calls may begin before either of them has written
    path = tmp_path / 'list.json'
    with JsonList(path) as items:
        items.append([1])
        with pytest.raises(FileExistsError, match=r'list\.json'):
            JsonList(path)
        items.append([2])
    assert json.loads(path.read_text()) == [1, 2]


def make_frame(**kwargs: object) -> Frame:
    random = np.random.default_rng(0)
    return Frame(
        7,
        'a.jpg',
        np.zeros((9, 9, 3), np.uint8),
        boxes=np.array([[1, 2, 11, 22, 0.5], [0, 0, 4, 4, 1]], np.float32),
        keypoints=random.random((2, 17, 2)) * 9,
        scores=random.random((2, 17)).astype(np.float32),
        **kwargs,
    )


def test_a_box_becomes_left_top_width_height():
    first, second = make_frame().to_results()
    assert first['bbox'] == [1, 2, 10, 20]
    assert second['image_id'] == 7
    assert second['category_id'] == 1
    assert np.shape(first['keypoints']) == (51,)
    assert 'track_id' not in first


def test_the_score_is_that_of_cocometric():
    # CocoMetric with score_mode='bbox_keypoint', its default
    frame = make_frame()
    for result, scores, box in zip(
        frame.to_results(), frame.scores, frame.boxes, strict=True
    ):
        good = [score for score in scores if score > 0.2]
        assert result['score'] == pytest.approx(box[4] * np.mean(good))


def test_a_person_without_a_sure_keypoint_has_score_0():
    frame = make_frame()
    frame.scores[:] = 0.1
    assert [result['score'] for result in frame.to_results()] == [0, 0]


def test_tracks_are_in_the_results():
    results = make_frame(track_ids=np.array([4, 9])).to_results()
    assert [result['track_id'] for result in results] == [4, 9]
