"""Files of person detections, with boxes that no network can crop."""

import json
from pathlib import Path

import numpy as np
import pytest

from mlpe_mmpose.apis import People, PoseModel, predict_files
from mlpe_mmpose.tools.person_boxes import read_person_boxes


def write(path: Path, *people: dict) -> Path:
    """Write detections in image 7 that differ from a good one."""
    good = dict(image_id=7, category_id=1, bbox=[10, 20, 30, 40], score=0.9)
    path.write_text(json.dumps([good | person for person in people]))
    return path


NAN = float('nan')
WRONG = [
    dict(bbox=[NAN, 20, 30, 40]),
    dict(bbox=[10, 20, float('inf'), 40]),
    dict(bbox=[10, 20, 30, 1e39]),  # infinite in float32
    dict(bbox=[1, 2, 3]),
    dict(bbox='abcd'),
    dict(score=NAN),
]


@pytest.mark.filterwarnings('error')
@pytest.mark.parametrize('wrong', WRONG)
def test_a_wrong_value_is_named_with_its_entry(tmp_path, wrong):
    path = write(tmp_path / 'boxes.json', {}, dict(image_id=8), wrong)
    message = rf"boxes\.json, .* position 2 .*'{next(iter(wrong))}' is"
    with pytest.raises(ValueError, match=message):
        read_person_boxes(path)


def test_a_file_of_annotations_is_no_list_of_boxes(tmp_path):
    path = tmp_path / 'person_keypoints.json'
    path.write_text('{"images": [], "annotations": []}')
    message = r"has an object with \['images', 'annotations'\] instead .*bbox"
    with pytest.raises(ValueError, match=message):
        read_person_boxes(path)


def test_boxes_without_an_area_in_float32_are_left_out(tmp_path):
    path = write(
        tmp_path / 'boxes.json',
        {},
        dict(bbox=[300, 20, 1e-6, 40]),
        dict(bbox=[10, 20, -30, 40]),
        dict(bbox=[10, 20, 30, 0], image_id=8),
        dict(image_id=9, category_id=2),
    )
    (found,) = read_person_boxes(path).items()
    assert found[0] == 7
    np.testing.assert_allclose(found[1], [[10, 20, 40, 60, 0.9]])


def test_predict_refuses_such_boxes_before_it_writes(small_mlpe, tmp_path):
    path = write(tmp_path / 'boxes.json', {}, WRONG[0])
    (tmp_path / '7.png').write_bytes(b'is not read')
    model = PoseModel(model=str(small_mlpe.config.with_name('pose.onnx')))
    call = str(tmp_path / '7.png'), tmp_path / 'out', model
    with pytest.raises(ValueError, match=r'boxes\.json, .* position 1'):
        predict_files(*call, People(boxes=str(path)))
    assert not (tmp_path / 'out').exists()
