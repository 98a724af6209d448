"""Runs are planned whole, kept when done, and never confused."""

import json
import shutil
from pathlib import Path

import pytest
from mmengine.config import Config

from mlpe_mmpose.shipped import find_shipped
from mlpe_mmpose.tools.compare.dataset import (
    DETECTIONS,
    TRAIN,
    VAL,
    DataSet,
    read_dataset,
)
from mlpe_mmpose.tools.compare.run_config import fingerprint_of
from mlpe_mmpose.tools.compare.runs import Run, plan_runs
from mlpe_mmpose.tools.compare.suite import Experiment, Suite, load_suite
from mlpe_mmpose.tools.compare.train_and_test import GPU_MEMORY, read_curve

TINY = 'mlpe_tiny_synthetic.py'
SUITE = Suite(
    {'train_cfg.max_epochs': 1},
    (
        Experiment('first', TINY),
        Experiment(
            'second',
            TINY,
            options={'model.head.level_occluded': 'ignore'},
        ),
    ),
)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / 'data'
    for part in TRAIN, VAL:
        file = folder / part['ann_file']
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text('{}')
    return folder


@pytest.fixture
def runs(data: Path, tmp_path: Path) -> list[Run]:
    return plan_runs(SUITE, DataSet(data), tmp_path / 'out', seeds=2)


def keep(run: Run, **changes: object) -> dict:
    """Write the result of a run that is done."""
    result = dict(fingerprint=run.fingerprint, metrics={'AP': 0.5}, **changes)
    run.folder.mkdir(parents=True)
    (run.folder / 'result.json').write_text(json.dumps(result))
    return result


def test_every_seed_of_all_comes_before_the_next_seed_of_any(runs):
    assert [(run.experiment.name, run.seed) for run in runs] == [
        ('first', 0),
        ('second', 0),
        ('first', 1),
        ('second', 1),
    ]
    assert len({run.folder for run in runs}) == len(runs)
    assert len({run.fingerprint for run in runs}) == len(runs)


def test_conditions_are_equal_but_for_what_a_row_is_about(runs):
    first, second = (run.config.to_dict() for run in runs[:2])
    assert first['train_cfg']['max_epochs'] == 1
    assert second['model']['head'].pop('level_occluded') == 'ignore'
    assert first == second


def test_detections_are_used_where_they_are(data, tmp_path, runs):
    assert runs[0].config.test_dataloader.dataset.bbox_file is None
    boxes = data / 'person_detection_results'
    boxes.mkdir()
    name = 'COCO_val2017_detections_AP_H_56_person.json'
    (boxes / name).write_text('[]')
    (again, *_) = plan_runs(SUITE, DataSet(data), tmp_path / 'out', seeds=1)
    dataset = again.config.test_dataloader.dataset
    assert dataset.bbox_file == str(boxes / name)


def test_table_1_is_tested_with_ground_truth_boxes(data, tmp_path):
    boxes = data / DETECTIONS
    boxes.parent.mkdir()
    boxes.write_text('[]')
    suite = load_suite('table1')
    dataset = read_dataset(data, suite.data)
    for run in plan_runs(suite, dataset, tmp_path / 'out', seeds=1):
        assert run.config.test_dataloader.dataset.bbox_file is None


def test_what_is_done_is_not_run_again(runs):
    # an earlier version wrote no hashes of annotations
    result = keep(runs[0])
    assert runs[0].result() == result
    assert runs[1].result() is None


def test_a_folder_of_another_run_is_refused(runs, data, tmp_path):
    keep(runs[0])
    other = Suite({'train_cfg.max_epochs': 2}, SUITE.experiments)
    (run, *_) = plan_runs(other, DataSet(data), tmp_path / 'out', seeds=1)
    with pytest.raises(ValueError, match='with other options'):
        run.result()


def test_a_training_with_another_config_is_not_continued(runs, data, tmp_path):
    runs[0].prepare()
    runs[0].prepare()  # nothing is trained yet
    (runs[0].folder / 'last_checkpoint').write_text('epoch_1.pth')
    runs[0].prepare()
    other = Suite({'train_cfg.max_epochs': 2}, SUITE.experiments)
    (run, *_) = plan_runs(other, DataSet(data), tmp_path / 'out', seeds=1)
    with pytest.raises(ValueError, match='with other options'):
        run.prepare()
    assert Config.fromfile(run.config_file).train_cfg.max_epochs == 1


def test_runs_of_annotations_that_have_changed_since_are_refused(
    runs, data, tmp_path
):
    done, begun = runs[:2]
    keep(done, annotations=done.annotations)
    begun.prepare()
    (begun.folder / 'last_checkpoint').write_text('epoch_1.pth')
    same = plan_runs(SUITE, DataSet(data), tmp_path / 'out', seeds=1)
    assert same[0].result()
    same[1].prepare()
    (data / TRAIN['ann_file']).write_text('{"images": []}')
    later = plan_runs(SUITE, DataSet(data), tmp_path / 'out', seeds=1)
    message = 'with the train annotations as they were before a change'
    with pytest.raises(ValueError, match=message):
        later[0].result()
    with pytest.raises(ValueError, match=message):
        later[1].prepare()


def test_results_can_be_read_where_the_data_are_not(runs, data, tmp_path):
    result = keep(runs[0], annotations=runs[0].annotations)
    shutil.rmtree(data)
    (run, *_) = plan_runs(SUITE, DataSet(data), tmp_path / 'out', seeds=1)
    assert run.result() == result


def test_a_config_that_changes_after_planning_changes_no_run(data, tmp_path):
    path = tmp_path / 'mine.py'
    path.write_text(
        f"_base_ = ['{find_shipped(f'configs/{TINY}').resolve()}']"
    )
    suite = Suite({}, (Experiment('first', str(path)),))
    (run,) = plan_runs(suite, DataSet(data), tmp_path / 'out', seeds=1)
    fingerprint = run.fingerprint
    path.write_text(path.read_text() + '\nmodel = dict(neck=None)')
    run.prepare()
    assert fingerprint_of(Config.fromfile(run.config_file)) == fingerprint


def test_a_training_that_is_not_counted_in_epochs_is_refused(data, tmp_path):
    loop = dict(_delete_=True, type='IterBasedTrainLoop', max_iters=9)
    row = Experiment('x', TINY, options={'train_cfg': loop})
    (run,) = plan_runs(Suite({}, (row,)), DataSet(data), tmp_path, seeds=1)
    with pytest.raises(ValueError, match=r"'x' .* has no max_epochs"):
        _ = run.config


def test_no_seed_is_refused(data, tmp_path):
    with pytest.raises(ValueError, match='at least one seed, got 0'):
        plan_runs(SUITE, DataSet(data), tmp_path / 'out', seeds=0)


def test_memory_is_read_from_training_lines_of_a_gpus_log():
    # as MMEngine 0.10.7 writes them
    log = (
        'Epoch(train)  [1][20/219]  lr: 5.0e-04  eta: 0:00:15  time: 0.0181  '
        'data_time: 0.0048  memory: 1234  loss: 853.12\n'
        'Epoch(val) [1][1/7]    eta: 0:00:00  time: 0.02  memory: 99999  \n'
        'Epoch(train)  [1][40/219]  time: 0.01  loss: 853.12\n'
    )
    assert GPU_MEMORY.findall(log) == ['1234']


def test_a_line_that_a_stop_has_cut_costs_no_other_line(tmp_path):
    # as MMEngine writes them, one file for each sitting
    sittings = (
        '{"loss": 853.12, "epoch": 1, "step": 20}\n'
        '{"coco/AP": 0.25, "coco/AR": 0.5, "step": 1}\n'
        '{"coco/AP": 0.5, "st',
        '{"coco/AP": 0.5, "coco/AR": 0.75, "step": 2}\n',
    )
    for number, text in enumerate(sittings):
        folder = tmp_path / str(number) / 'vis_data'
        folder.mkdir(parents=True)
        (folder / 'scalars.json').write_text(text)
    assert read_curve(tmp_path) == [(1, 0.25), (2, 0.5)]
