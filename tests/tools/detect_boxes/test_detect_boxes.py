"""Files of person boxes, and the AP of the boxes."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from mmpose.datasets import CocoDataset
from onnx_detectors import write_detector

from mlpe_mmpose.tools import ExitCode, main
from mlpe_mmpose.tools.detect_boxes.detect_boxes import rate_boxes
from mlpe_mmpose.tools.person_boxes import to_detections

# the boxes that the detector of these tests finds in every image
FOUND = [[10, 10, 40, 60, 0.9], [50, 10, 90, 60, 0.6]]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Two images; the second has one of the two people only."""
    (tmp_path / 'images').mkdir()
    images, annotations = [], []
    for image_id, boxes in {5: FOUND, 8: FOUND[:1]}.items():
        name = f'image{image_id}.png'
        picture = np.zeros((64, 96, 3), np.uint8)
        cv2.imwrite(str(tmp_path / 'images' / name), picture)
        images.append(dict(id=image_id, file_name=name, width=96, height=64))
        for left, top, right, bottom, _ in boxes:
            box = [left, top, right - left, bottom - top]
            annotations.append(
                dict(
                    id=len(annotations) + 1,
                    image_id=image_id,
                    category_id=1,
                    bbox=box,
                    area=box[2] * box[3],
                    iscrowd=0,
                    keypoints=[left, top, 2] * 17,
                    num_keypoints=17,
                )
            )
    dataset = dict(
        images=images,
        annotations=annotations,
        categories=[dict(id=1, name='person')],
    )
    (tmp_path / 'ann.json').write_text(json.dumps(dataset))
    write_detector(tmp_path / 'detector.onnx', FOUND)
    return tmp_path


def call(data: Path, *more: str) -> list[str]:
    names = ('ann.json', 'images', 'boxes.json')
    paths = [str(data / name) for name in names]
    detector = str(data / 'detector.onnx')
    return ['detect-boxes', *paths, '--detector', detector, *more]


def test_mmpose_reads_the_boxes_and_their_ap_is_printed(data, capsys):
    assert main(call(data)) == 0
    said = capsys.readouterr()
    # all three people are found, beside one wrong box
    assert 'AR 1.000' in said.out
    assert said.out.startswith(str(data / 'boxes.json'))
    assert said.err.endswith('2/2 images\n')
    dataset = CocoDataset(
        ann_file=str(data / 'ann.json'),
        bbox_file=str(data / 'boxes.json'),
        data_prefix=dict(img=str(data / 'images')),
        test_mode=True,
        pipeline=[],
    )
    boxes = np.concatenate([person['bbox'] for person in dataset])
    expected = np.array(FOUND * 2)
    np.testing.assert_allclose(boxes, expected[:, :4], atol=1e-3)
    ids = [person['img_id'] for person in dataset]
    assert ids == [5, 5, 8, 8]


def test_images_without_people_or_with_empty_fields_get_boxes(data, capsys):
    ann_file = data / 'ann.json'
    content = json.loads(ann_file.read_text())
    for person in content['annotations']:
        person.update(area=None, iscrowd=None)
    ann_file.write_text(json.dumps(content))
    assert main(call(data)) == 0
    assert 'AR 1.000' in capsys.readouterr().out
    # as COCO's list of the images of test-dev
    ann_file.write_text(json.dumps(dict(images=content['images'])))
    (data / 'boxes.json').unlink()
    assert main(call(data)) == 0
    assert 'AP' not in capsys.readouterr().out
    assert len(json.loads((data / 'boxes.json').read_text())) == 4
    ann_file.write_text('{"images": [{"id": 5, "width": 9, "height": 9}]}')
    assert main(call(data)) == 2
    assert "image 5: 'file_name' is missing" in capsys.readouterr().err


def test_a_device_that_the_detector_does_not_use_is_refused(data, capsys):
    assert main(call(data, '--device', 'cuda')) == 2
    assert "device='cuda' for " in capsys.readouterr().err
    assert not (data / 'boxes.json').exists()


def test_the_annotations_are_not_replaced(data, capsys):
    before = (data / 'ann.json').read_text()
    (data / 'boxes.json').symlink_to('ann.json')
    assert main(call(data)) == 2
    assert 'because it is read, too' in capsys.readouterr().err
    assert (data / 'ann.json').read_text() == before


def test_boxes_below_the_threshold_are_left_out(data):
    assert main(call(data, '--threshold', '0.7')) == 0
    scores = [
        b['score'] for b in json.loads((data / 'boxes.json').read_text())
    ]
    assert scores == pytest.approx([0.9, 0.9])


def test_images_that_cannot_be_read_are_named_and_left_out(data, capsys):
    for name in ('image5.png', 'image8.png'):
        (data / 'images' / name).write_bytes(b'no image')
    assert main(call(data)) == ExitCode.FAILED
    said = capsys.readouterr().err
    assert '2 of the 2 images' in said
    assert 'image 5, ' in said
    assert 'image8.png: the file is empty, or no image' in said
    # MMPose refuses an empty list of boxes
    assert not (data / 'boxes.json').exists()
    picture = np.zeros((64, 96, 3), np.uint8)
    cv2.imwrite(str(data / 'images/image8.png'), picture)
    assert main(call(data)) == ExitCode.FAILED
    said = capsys.readouterr().err
    assert '2/2 images' in said
    assert '1 of the 2 images' in said
    assert 'image 8' not in said
    boxes = json.loads((data / 'boxes.json').read_text())
    assert [box['image_id'] for box in boxes] == [8, 8]


def test_a_missing_image_is_named_before_the_first_is_read(data, capsys):
    (data / 'images/image8.png').unlink()
    assert main(call(data)) == ExitCode.WRONG_CALL
    said = capsys.readouterr().err
    assert '1/2 images' not in said
    assert f'{data / "ann.json"}: 1 of 2 images are missing, such as' in said
    assert not (data / 'boxes.json').exists()


def test_a_detector_that_finds_nobody_is_refused(data, capsys):
    # `predict --boxes` and MMPose refuse an empty list of boxes
    assert main(call(data, '--threshold', '0.95')) == 2
    words = 'finds nobody with a score of at least 0.95 in the 2 images'
    assert words in capsys.readouterr().err
    assert not (data / 'boxes.json').exists()


def test_a_threshold_that_is_no_score_is_refused(data, capsys):
    assert main(call(data, '--threshold', '30')) == ExitCode.WRONG_CALL
    said = capsys.readouterr().err
    assert '--threshold=30.0 is compared with the scores' in said
    assert '2/2 images' not in said


def test_the_ap_is_the_area_below_the_curve():
    # One of two people is found, and a wrong box has a higher score: the
    # precision is 1/2 up to a recall of 1/2, which 51 of COCO's 101 points
    # reach.
    dataset = dict(
        images=[dict(id=1)],
        categories=[dict(id=1, name='person')],
        annotations=[
            dict(id=n, image_id=1, category_id=1, bbox=[50 * n, 0, 40, 60])
            for n in (1, 2)
        ],
    )
    found = np.array([[500, 0, 540, 60, 0.9], [50, 0, 90, 60, 0.8]])
    detections = to_detections(1, found)
    metrics = rate_boxes(dataset, detections)
    assert metrics['AP'] == pytest.approx(0.5 * 51 / 101)
    assert metrics['AR'] == pytest.approx(0.5)
    assert rate_boxes(dataset, [])['AP50'] == 0
    assert rate_boxes(dict(dataset, annotations=[]), detections) == {}


def test_the_ap_does_not_depend_on_the_ids_of_annotations():
    boxes = [[50, 0, 40, 60], [100, 0, 40, 60]]
    dataset = dict(images=[dict(id=1)], categories=[dict(id=1, name='person')])
    found = np.array([[50, 0, 90, 60, 0.9], [100, 0, 140, 60, 0.8]])
    for ids in ((0, 1), (7, 7), ('a', 'b')):
        dataset['annotations'] = [
            dict(id=number, image_id=1, category_id=1, bbox=box)
            for number, box in zip(ids, boxes, strict=True)
        ]
        metrics = rate_boxes(dataset, to_detections(1, found))
        assert metrics == pytest.approx(dict.fromkeys(metrics, 1.0))


@pytest.mark.parametrize(
    ('change', 'message'),
    [
        (dict(category_id=None), "annotation 1: 'category_id' is None"),
        (dict(image_id=None), "annotation 1: 'image_id' is None"),
        (dict(bbox='10 10 40 60'), "annotation 1: 'bbox' is '10 10 40 60'"),
        (dict(area='1500'), "annotation 1: 'area' is '1500'"),
    ],
)
def test_annotations_that_cannot_rate_boxes_are_refused_before_the_work(
    data, capsys, change, message
):
    ann_file = data / 'ann.json'
    content = json.loads(ann_file.read_text())
    content['annotations'][0].update(change)
    ann_file.write_text(json.dumps(content))
    assert main(call(data)) == 2
    assert message in capsys.readouterr().err
    assert not (data / 'boxes.json').exists()


@pytest.mark.parametrize('name', ['images', 'categories'])
def test_a_list_that_is_missing_is_named_before_the_work(data, capsys, name):
    ann_file = data / 'ann.json'
    content = json.loads(ann_file.read_text())
    del content[name]
    ann_file.write_text(json.dumps(content))
    assert main(call(data)) == 2
    assert f"the file has no '{name}'" in capsys.readouterr().err
    assert not (data / 'boxes.json').exists()
