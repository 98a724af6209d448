"""What a training shows: curves, pictures, and what to do next."""

import json
import re
import shlex

import cv2
import pytest

pytest.importorskip('tensorboard', reason='TensorBoard is not installed')

from tensorboard.backend.event_processing.event_accumulator import (
    EventAccumulator,
)

LOG_LINE = re.compile(r'Next: `(mim test .+?)` tests .* `(python .+?)` shows')


@pytest.fixture(scope='module')
def events(trained) -> EventAccumulator:
    """What the training wrote for TensorBoard."""
    (path,) = trained.rglob('events.out.tfevents.*')
    return EventAccumulator(str(path)).Reload()


def test_tensorboard_has_the_curves_of_losses_and_figures(trained, events):
    (log,) = trained.rglob('scalars.json')
    rows = [json.loads(line) for line in log.read_text().splitlines()]
    for name in ('loss', 'loss_refine', 'lr'):
        logged = [row[name] for row in rows if name in row]
        curve = [point.value for point in events.Scalars(name)]
        assert curve == pytest.approx(logged)
        assert len(curve) > 2
    epochs = [point.step for point in events.Scalars('coco/AP')]
    assert epochs == [1, 2]


def test_tensorboard_has_a_curve_of_how_often_ohkm_picks_each_keypoint(
    trained, events
):
    stored = json.loads((trained / 'ohkm_picks.json').read_text())
    for number, name in enumerate(stored['keypoints']):
        curve = events.Scalars(f'ohkm/{name}')
        assert [point.step for point in curve] == [1, 2]
        for point, epoch in zip(curve, stored['epochs'], strict=True):
            share = epoch['picked'][number] / epoch['labelled'][number]
            assert point.value == pytest.approx(share)


def test_validation_leaves_pictures_for_the_eye_and_for_tensorboard(
    trained, events
):
    pictures = [*trained.rglob('vis_image/val_img_*.png')]
    assert len(pictures) >= 2
    assert all(cv2.imread(str(path)).std() > 1 for path in pictures)
    assert events.Images('val_img')


def test_the_log_ends_with_the_commands_that_go_on_from_here(
    trained, mim, tmp_path
):
    (log,) = trained.glob('*/*.log')
    last = log.read_text().splitlines()[-1]
    test, report = map(shlex.split, LOG_LINE.search(last).groups())
    (best,) = trained.glob('best_coco_AP_epoch_*.pth')
    # the config is that of the training, with all its changes
    config = trained / 'watched.py'
    assert test == ['mim', 'test', 'mmpose', str(config), '-C', str(best)]
    verb = ['python', '-m', 'mlpe_mmpose', 'report']
    assert report == [*verb, str(config), str(best)]
    out = tmp_path / 'metrics.json'
    mim('test', *test[3:], '--out', out, '--work-dir', tmp_path)
    assert 0 <= json.loads(out.read_text())['coco/AP'] <= 1
