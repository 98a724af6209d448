"""What a log and a work folder tell about a training."""

import torch

from mlpe_mmpose.tools.training_progress import count_epochs, format_progress

# two lines as MMEngine writes them
TRAINED = (
    '11/22 20:28:02 - mmengine - INFO - Epoch(train) [3][ 60/257]  '
    'base_lr: 1.1e-03 lr: 1.1e-03  eta: 0:02:30  time: 0.19  data_time: 0.03'
    '  loss: 1000.6  loss_level0: 299.07  loss_refine: 289.7  acc_pose: 0.79'
)
VALIDATED = (
    '11/22 20:29:10 - mmengine - INFO - Epoch(val) [3][7/7]    '
    'coco/AP: 0.602345  coco/AP .5: 0.9  coco/AR: 0.6  time: 0.2'
)


def test_a_line_of_the_log_becomes_one_that_a_person_reads():
    assert format_progress(TRAINED, 5) == (
        'epoch 3/5    60/257  loss   1001  accuracy 0.79  left 0:02:30'
    )
    # some heads log no accuracy, and a data set may have another prefix
    assert format_progress(TRAINED.partition('  acc_pose')[0], 5) == (
        'epoch 3/5    60/257  loss   1001  left 0:02:30'
    )
    other = VALIDATED.replace('coco/', 'lspet/')
    assert format_progress(other, 5) == format_progress(VALIDATED, 5)
    assert format_progress(VALIDATED, 5) == 'epoch 3/5  held-out AP 0.602'
    assert format_progress('Loads checkpoint by local backend', 5) is None


def test_the_epochs_of_a_training_are_those_of_its_last_checkpoint(tmp_path):
    assert count_epochs(tmp_path) == 0
    torch.save({'meta': {'epoch': 7}}, tmp_path / 'epoch_7.pth')
    (tmp_path / 'last_checkpoint').write_text(str(tmp_path / 'epoch_7.pth'))
    assert count_epochs(tmp_path) == 7
