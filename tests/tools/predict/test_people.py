"""Thresholds that leave out everybody."""

import json

import pytest

from mlpe_mmpose.tools.predict.people import People


@pytest.mark.parametrize('threshold', [30, -0.1, float('nan')])
def test_a_threshold_that_is_no_score_of_a_detector_is_refused(threshold):
    people = People(detector='detector.onnx', threshold=threshold)
    with pytest.raises(ValueError, match=rf'={threshold} is .* from 0 to 1'):
        people.check()


@pytest.mark.parametrize('threshold', [30, float('nan')])
def test_a_threshold_that_no_box_of_a_file_reaches_is_refused(
    tmp_path, threshold
):
    path = tmp_path / 'boxes.json'
    box = dict(image_id=7, category_id=1, bbox=[1, 2, 3, 4])
    path.write_text(json.dumps([dict(box, score=s) for s in (0.9, 12.5)]))
    # some detectors have scores above 1
    People(boxes=str(path), threshold=12.5).load()
    words = rf'={threshold} leaves out every .*json, whose scores are up to 12'
    with pytest.raises(ValueError, match=words):
        People(boxes=str(path), threshold=threshold).load()
