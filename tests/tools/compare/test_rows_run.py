"""Rows of Table II train, validate and test by MMEngine's runner."""

import dataclasses
import math
from pathlib import Path

import pytest
from mmengine.runner import Runner
from photographs import COCO, needs_photographs

from mlpe_mmpose.tools.compare.dataset import read_dataset
from mlpe_mmpose.tools.compare.run_config import add_pck
from mlpe_mmpose.tools.compare.runs import plan_runs
from mlpe_mmpose.tools.compare.suite import load_suite
from mlpe_mmpose.tools.compare.train_and_test import train_and_test
from mlpe_mmpose.tools.synth.generator import generate_dataset

WHOLE, TINY = (load_suite(name) for name in ('table2', 'table2_tiny'))
# the other tiny rows are those of suite `lspet`
OWN = ('offsets', 'higherhrnet', 'mask_rcnn')
# COCO's images that a small network has to see: as few as keep a test short
FEW = {
    'train_dataloader.batch_size': 2,
    'train_dataloader.dataset.indices': 4,
    'val_dataloader.dataset.indices': 2,
    'train_cfg.max_epochs': 1,
    'train_cfg.val_interval': 1,
    'default_hooks.logger.interval': 1,
}
# Mask R-CNN's images, at a quarter of their pixels
SMALLER = {'model.min_size': 320, 'model.box_batch_size_per_image': 32}


@pytest.fixture(scope='module')
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Images of up to eight people, who overlap."""
    root = tmp_path_factory.mktemp('crowd')
    generate_dataset(root, 4, 2, seed=0, max_people=8)
    return root


def run_row(suite, row: str, root: Path, folder: Path, **options) -> Runner:
    """Train a row on two batches of two, and validate it."""
    dataset = read_dataset(root, suite.data)
    dataset.check()
    runs = plan_runs(suite, dataset, folder, seeds=1)
    (run,) = [run for run in runs if run.experiment.name == row]
    config = add_pck(run.config)
    config.merge_from_dict({**FEW, **options})
    config.model.backbone.init_cfg = None  # no weights are fetched
    for split in ('train', 'val', 'test'):
        loader = config[f'{split}_dataloader']
        loader.update(num_workers=0, persistent_workers=False)
    config.work_dir = str(folder)
    config.experiment_name = f'{folder.name}_{row}'
    runner = Runner.from_cfg(config)
    runner.train()
    return runner


def check_run(runner: Runner) -> None:
    """Check that the losses were finite, and that COCO's figures came out."""
    assert runner.iter == 2
    scalars = runner.message_hub.log_scalars
    losses = [n for n in scalars if n.startswith('train/') and 'loss' in n]
    assert losses
    for name in losses:
        history, _ = scalars[name].data
        assert all(map(math.isfinite, history)), name
    assert -1 <= scalars['val/coco/AP'].current() <= 1


@pytest.mark.parametrize('row', OWN)
def test_a_tiny_row_trains_and_validates_on_people_who_overlap(
    crowd, tmp_path, row
):
    check_run(run_row(TINY, row, crowd, tmp_path))


@pytest.mark.long
@pytest.mark.parametrize('row', ['higherhrnet', 'mask_rcnn'])
def test_mim_trains_and_tests_a_network_of_whole_images(crowd, tmp_path, row):
    runs = plan_runs(TINY, read_dataset(crowd, TINY.data), tmp_path, seeds=1)
    (run,) = [run for run in runs if run.experiment.name == row]
    run = dataclasses.replace(run, options=(*run.options, FEW))
    run.prepare()
    result = train_and_test(run, say=print)
    ((epoch, ap),) = result['curve']
    assert (epoch, ap) == (1, pytest.approx(result['metrics']['AP']))
    assert result['boxes'] == 'none, whole images'
    assert 'PCK' not in result['metrics']


@pytest.mark.long
@needs_photographs
@pytest.mark.parametrize('row', [row.name for row in TINY.experiments])
def test_a_tiny_row_trains_and_validates_on_photographs(tmp_path, row):
    check_run(run_row(TINY, row, COCO, tmp_path))


@pytest.mark.long
@needs_photographs
@pytest.mark.parametrize('row', [row.name for row in WHOLE.experiments])
def test_a_row_trains_and_is_tested_on_photographs(tmp_path, row):
    options = SMALLER if row == 'mask_rcnn' else {}
    options = {'test_dataloader.dataset.indices': 2, **options}
    runner = run_row(WHOLE, row, COCO, tmp_path, **options)
    check_run(runner)
    tested = runner.test()
    assert -1 <= tested['coco/AP'] <= 1
    # only crops have boxes
    assert ('pck/PCK' in tested) == (runner.cfg.data_mode == 'topdown')
