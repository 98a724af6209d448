"""Annotations that are no numbers are refused when a data set is built."""

import json
from pathlib import Path

import numpy as np
import pytest
from mmengine.logging import MMLogger
from mmpose.datasets import CocoDataset
from mmpose.datasets.datasets import WFLWDataset

FLAGS = [[2, 1, 0] + [2] * 14] * 3


@pytest.fixture
def rebuild(coco_dataset):
    """Builds the data set of a changed file: ``rebuild(change, ...)``.

    ``change`` gets the list of annotations, whose ids are 0, 1 and 2.
    """
    original = Path(coco_dataset(FLAGS, []).ann_file)

    def build(change, **options: object) -> CocoDataset:
        content = json.loads(original.read_text())
        change(content['annotations'])
        path = original.with_name('changed.json')
        path.write_text(json.dumps(content))
        return CocoDataset(ann_file=str(path), pipeline=[], **options)

    return build


# of a keypoint the file holds x, y, v; keypoint 1 is occluded, so labelled
@pytest.mark.parametrize('mode', ['topdown', 'bottomup'])
@pytest.mark.parametrize(
    ('field', 'place', 'value', 'words'),
    [
        ('keypoints', 3, np.nan, r"'left_eye' labelled, but at \(nan, \d"),
        ('keypoints', 3, np.inf, r"'left_eye' labelled, but at \(inf, \d"),
        ('keypoints', 3, None, r"'left_eye' labelled, but at \(None, \d"),
        ('keypoints', 10, np.nan, r"'left_ear' labelled, .*\d, nan\)"),
        ('keypoints', 5, np.nan, r"flag nan for keypoint 'left_eye'"),
        ('keypoints', 8, None, r"flag None for keypoint 'right_eye'"),
        ('bbox', 0, np.nan, r'is \[nan, 20.0, 90.0, 150.0\]; it needs'),
        ('bbox', 3, np.nan, r'is \[30.0, 20.0, 90.0, nan\]; it needs'),
    ],
)
def test_a_value_that_is_no_number_is_refused_with_its_annotation(
    rebuild, field, place, value, words, mode
):
    def change(annotations: list[dict]) -> None:
        annotations[1][field][place] = value

    where = rf"changed\.json, annotation 1: '{field}' "
    with pytest.raises(ValueError, match=f'{where}.*{words}'):
        rebuild(change, data_mode=mode)


def test_a_keypoint_that_is_not_labelled_may_be_anywhere(rebuild):
    def change(annotations: list[dict]) -> None:
        annotations[1]['keypoints'][6:8] = [np.nan, None]

    dataset = rebuild(change)
    assert len(dataset) == 3
    assert np.isnan(dataset[1]['keypoints'][0, 2]).all()


def test_a_detection_that_is_no_number_is_refused(rebuild, tmp_path):
    boxes = [[1, 2, 3, 4], [1, np.nan, 3, 4]]
    detections = [
        dict(image_id=1, category_id=1, bbox=box, score=0.5) for box in boxes
    ]
    path = tmp_path / 'boxes.json'
    path.write_text(json.dumps(detections))
    with pytest.raises(
        ValueError,
        match=r"boxes\.json, the detection at position 1 .*'bbox' is \[1, nan",
    ):
        rebuild(lambda _: None, bbox_file=str(path), test_mode=True)


def test_detections_of_other_categories_are_not_taken_for_nobody(
    rebuild, tmp_path
):
    path = tmp_path / 'boxes.json'
    box = dict(image_id=1, category_id=0, bbox=[1, 2, 30, 40], score=0.5)
    path.write_text(json.dumps([box, dict(box, category_id=7)]))
    message = r"boxes\.json, .*no detection with 'category_id' 1, .*\[0, 7\]"
    with pytest.raises(ValueError, match=message):
        rebuild(lambda _: None, bbox_file=str(path), test_mode=True)


def test_a_data_set_with_centres_in_the_place_of_boxes_is_read(coco_dataset):
    class Centred(CocoDataset):
        def parse_data_info(self, raw_data_info: dict) -> dict:
            info = super().parse_data_info(raw_data_info)
            x, y, w, h = info.pop('bbox')[0]
            info['bbox_center'] = np.array([[(x + w) / 2, (y + h) / 2]])
            info['bbox_scale'] = np.array([[w - x, h - y]])
            return info

    ann_file = coco_dataset(FLAGS, []).ann_file
    assert len(Centred(ann_file=ann_file, pipeline=[])) == 3


@pytest.fixture
def warnings(caplog):
    """The warnings that are logged."""
    logger = MMLogger.get_current_instance()
    logger.addHandler(caplog.handler)
    yield caplog
    logger.removeHandler(caplog.handler)


@pytest.mark.parametrize(
    ('fields', 'reason'),
    [
        (dict(bbox=[500, 500, 9, 9]), 'their box has no area inside the'),
        (dict(bbox=[30, 20, 0, 150]), 'their box has no area inside the'),
        (dict(num_keypoints=0), "'num_keypoints' is 0"),
        (dict(image_id=5), "the file has no image with their 'image_id'"),
    ],
)
def test_people_who_are_left_out_are_counted_in_one_warning(
    rebuild, warnings, fields, reason
):
    def change(annotations: list[dict]) -> None:
        for annotation in annotations[1:]:
            annotation.update(fields)

    assert len(rebuild(change)) == 1
    (line,) = [text for text in warnings.messages if 'leaves them out' in text]
    assert 'changed.json: 2 of 3 annotations have labelled keypoints' in line
    assert reason in line
    assert line.endswith('Their ids start with 1, 2.')


def test_a_file_that_has_nobody_says_why(rebuild):
    def change(annotations: list[dict]) -> None:
        for annotation in annotations:
            annotation['bbox'] = [0, 0, 0, 0]

    message = r'changed\.json, .*annotation 0 and 2 others: their box has no a'
    with pytest.raises(ValueError, match=message):
        rebuild(change)


def test_an_assertion_of_mmpose_without_a_message_is_named(tmp_path):
    face = dict(id=1, image_id=1, category_id=1, iscrowd=0, bbox=[9, 9, 9, 9])
    # WFLW's scale is one number
    face |= dict(keypoints=[9.0, 9, 2] * 98, center=[9, 9], scale=[1.0, 1.0])
    image = dict(id=1, file_name='1.jpg', width=99, height=99)
    content = dict(images=[image], annotations=[face])
    content['categories'] = [dict(id=1, name='face')]
    path = tmp_path / 'wflw.json'
    path.write_text(json.dumps(content))
    with pytest.raises(ValueError, match=r'bbox_file=None: AssertionError\('):
        WFLWDataset(ann_file=str(path), pipeline=[])


def test_a_missing_box_is_refused_with_the_way_to_get_one(rebuild):
    def change(annotations: list[dict]) -> None:
        annotations[1]['bbox'] = None

    message = r"annotation 1: 'bbox' is None.*import-data` writes a file"
    with pytest.raises(ValueError, match=message):
        rebuild(change)


def test_a_crowd_and_a_person_without_labels_are_no_loss(rebuild, warnings):
    def change(annotations: list[dict]) -> None:
        annotations[1]['iscrowd'] = 1
        annotations[2].update(keypoints=[0] * 51, num_keypoints=0)

    assert len(rebuild(change)) == 1
    assert not warnings.messages


def test_boxes_as_corners_are_doubted_before_a_training(rebuild, warnings):
    def change(annotations: list[dict]) -> None:
        for annotation in annotations:
            annotation['bbox'] = [30, 20, 140, 195]

    rebuild(change)
    (line,) = [text for text in warnings.messages if 'doubtful' in text]
    assert (
        "changed.json: 3 of 3 annotations are doubtful: 'bbox' looks" in line
    )


def test_an_id_that_two_annotations_share_is_refused(rebuild):
    def change(annotations: list[dict]) -> None:
        annotations[1]['id'] = 0

    with pytest.raises(ValueError, match=r'annotation 0: 2 entries have this'):
        rebuild(change)


@pytest.mark.parametrize('mode', ['topdown', 'bottomup'])
def test_an_image_that_is_listed_twice_is_no_fault(
    coco_dataset, tmp_path, mode
):
    content = json.loads(Path(coco_dataset(FLAGS, []).ann_file).read_text())
    content['images'] *= 2
    path = tmp_path / 'joined.json'
    path.write_text(json.dumps(content))
    dataset = CocoDataset(ann_file=str(path), pipeline=[], data_mode=mode)
    assert sum(len(info['keypoints']) for info in dataset) == 3


def test_an_id_that_two_images_share_is_refused(coco_dataset, tmp_path):
    content = json.loads(Path(coco_dataset(FLAGS, []).ann_file).read_text())
    content['images'].append(dict(content['images'][0], file_name='b.jpg'))
    path = tmp_path / 'joined.json'
    path.write_text(json.dumps(content))
    with pytest.raises(ValueError, match="2 entries have this 'id'"):
        CocoDataset(ann_file=str(path), pipeline=[])


def test_another_number_of_keypoints_is_refused(rebuild):
    def change(annotations: list[dict]) -> None:
        for annotation in annotations:
            annotation['keypoints'] = annotation['keypoints'][3:]

    with pytest.raises(ValueError, match=r'has 48 values instead of 51'):
        rebuild(change)
