"""A row may be a results file, whoever wrote it."""

import csv
import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest

from mlpe_mmpose.tools.compare.comparison import compare
from mlpe_mmpose.tools.compare.dataset import DataSet
from mlpe_mmpose.tools.compare.results_row import evaluate_results
from mlpe_mmpose.tools.compare.suite import load_suite
from mlpe_mmpose.tools.synth.generator import generate_dataset


@pytest.fixture(scope='module')
def data(tmp_path_factory: pytest.TempPathFactory) -> DataSet:
    folder = tmp_path_factory.mktemp('people')
    generate_dataset(folder, 1, 4, seed=0)
    return DataSet(str(folder))


@pytest.fixture
def perfect(data) -> list[dict]:
    """The annotations as detections, with flags that do not count."""
    content = json.loads(Path(data.root, data.val['ann_file']).read_text())
    return [
        dict(
            image_id=a['image_id'],
            category_id=1,
            keypoints=np.array(a['keypoints']).tolist(),
            score=0.5,
        )
        for a in content['annotations']
    ]


def write(folder: Path, detections: object) -> Path:
    path = folder / 'theirs.json'
    path.write_text(json.dumps(detections))
    return path


def test_the_annotations_themselves_are_perfect_results(
    data, perfect, tmp_path
):
    for detection in perfect:
        detection['keypoints'][2::3] = [0] * 17
    metrics = evaluate_results(write(tmp_path, perfect), data)
    assert metrics['AP'] == metrics['AR'] == pytest.approx(1)
    # the half of the people: AR is their share
    half = perfect[::2]
    metrics = evaluate_results(write(tmp_path, half), data)
    assert metrics['AR'] == pytest.approx(len(half) / len(perfect))


def test_the_poses_of_one_category_are_compared_whatever_its_number(
    data, perfect, tmp_path
):
    # `predict` writes 1 for each person
    content = json.loads(Path(data.root, data.val['ann_file']).read_text())
    for entry in (*content['categories'], *content['annotations']):
        entry['id' if entry in content['categories'] else 'category_id'] = 2
    path = tmp_path / 'annotations.json'
    path.write_text(json.dumps(content))
    other = dataclasses.replace(data, val=dict(data.val, ann_file=str(path)))
    results = write(tmp_path, perfect)
    assert evaluate_results(results, other)['AP'] == pytest.approx(1)
    content['categories'] += [dict(content['categories'][0], id=3)]
    content['annotations'][0]['category_id'] = 3
    path.write_text(json.dumps(content))
    message = r"position 0 .*'category_id' is 1, and .* have \[2, 3\]"
    with pytest.raises(ValueError, match=message):
        evaluate_results(results, other)


def test_a_results_file_stands_in_the_table_with_its_origin(
    data, perfect, tmp_path
):
    write(tmp_path, perfect)
    suite = tmp_path / 'mine.py'
    suite.write_text(
        "config = 'mlpe_tiny_synthetic.py'\n"
        "experiments = [dict(name='theirs', results='theirs.json',\n"
        "                    source='their program, its own boxes'),\n"
        "               dict(name='mine', against='theirs')]"
    )
    out = tmp_path / 'out'
    # nothing is left to train
    rows = compare(str(suite), data.root, out, only=['theirs'], say=str)
    assert rows[0].costs is None
    table = (out / 'table.md').read_text()
    assert '| theirs | 100.0 |' in table
    assert '| their program, its own boxes |' in table
    with (out / 'runs.csv').open() as file:
        (line,) = csv.DictReader(file)
    assert (line['AP'], line['seed'], line['command']) == ('1.0', '', '')


@pytest.mark.parametrize(
    ('changes', 'message'),
    [
        (dict(image_id=99), "'image_id' is 99, which is none of the 4 images"),
        (dict(keypoints=[1, 2, 3]), "'keypoints' has 3 values instead of 51"),
        (
            dict(score=float('nan')),
            "'score' is nan; it needs to be a finite number",
        ),
        (dict(score=None), "'score' is None; it needs"),
    ],
)
def test_a_detection_that_does_not_fit_is_named(
    data, perfect, tmp_path, changes, message
):
    perfect[1].update(changes)
    path = write(tmp_path, perfect)
    with pytest.raises(
        ValueError, match=rf'{path}, the pose at position 1.*{message}'
    ):
        evaluate_results(path, data)


def test_a_results_file_that_is_missing_is_named(tmp_path):
    suite = tmp_path / 'mine.py'
    suite.write_text("experiments = [dict(name='x', results='no.json')]")
    with pytest.raises(FileNotFoundError, match=r"'x' has no .* 'no\.json'"):
        load_suite(str(suite))


CROWD = {'test_evaluator.iou_type': 'keypoints_crowd'}


def test_rows_that_are_measured_in_two_ways_are_refused(data, tmp_path):
    suite = tmp_path / 'mine.py'
    suite.write_text(
        "config = 'mlpe_tiny_synthetic.py'\n"
        f"experiments = [dict(name='a'), dict(name='b', options={CROWD})]"
    )
    with pytest.raises(ValueError, match=r"'a' and 'b' .* 'keypoints_crowd'"):
        compare(str(suite), data.root, tmp_path / 'out', say=str)
    assert not (tmp_path / 'out').exists()


def test_a_metric_without_an_ap_is_refused_before_any_training(data, tmp_path):
    pck = {'test_evaluator': dict(_delete_=True, type='MpiiPCKAccuracy')}
    suite = tmp_path / 'mine.py'
    suite.write_text(
        "config = 'mlpe_tiny_synthetic.py'\n"
        f"experiments = [dict(name='a'), dict(name='b', options={pck})]"
    )
    with pytest.raises(ValueError, match="'b' is measured by MpiiPCKAccuracy"):
        compare(str(suite), data.root, tmp_path / 'out', say=str)


def test_a_results_file_is_measured_as_the_networks_are(
    data, perfect, tmp_path
):
    # what is forgiven grows with the area, which is that of the box without it
    path = Path(data.root, data.val['ann_file'])
    content = json.loads(path.read_text())
    for annotation in content['annotations']:
        annotation['area'] /= 100
    for detection in perfect:
        detection['keypoints'] = np.add(detection['keypoints'], 2).tolist()
    write(tmp_path, perfect)
    root = tmp_path / 'data'
    small = root / data.val['ann_file']
    small.parent.mkdir(parents=True)
    small.write_text(json.dumps(content))
    small = DataSet(str(root))
    by_area = evaluate_results(tmp_path / 'theirs.json', small)
    by_box = evaluate_results(
        tmp_path / 'theirs.json', small, dict(use_area=False)
    )
    assert by_area['AP'] < 0.5 < by_box['AP']
