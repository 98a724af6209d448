"""Commands as steps of a program: their progress, cost and failures."""

import fcntl
import os
from pathlib import Path

import pytest
import torch

from mlpe_mmpose.tools.mim_runs import count_epochs, format_progress, run_mim

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


def test_a_failing_command_shows_the_end_of_its_output(tmp_path):
    said, log = [], tmp_path / 'new/train.log'
    with pytest.raises(RuntimeError, match=r'status 1(.|\n)*none\.py'):
        run_mim('train', Path('none.py'), [], log, said.append)
    assert 'none.py' in log.read_text()
    assert said == [f'full output: {log}']


def test_a_command_ends_with_the_call_that_is_interrupted(tmp_path):
    config, late = tmp_path / 'slow.py', tmp_path / 'late'
    config.write_text(
        'import time\n'
        "print('it runs', flush=True)\n"
        'time.sleep(15)\n'
        f"open({str(late)!r}, 'w')\n"
    )

    def interrupt(line):
        if line == 'it runs\n':
            raise KeyboardInterrupt

    args = config, [], tmp_path / 'log', str, interrupt
    with pytest.raises(KeyboardInterrupt):
        run_mim('train', *args)
    assert not late.exists()
    # neither mim nor the script that it had started
    for file in Path('/proc').glob('[0-9]*/cmdline'):
        try:
            assert str(config).encode() not in file.read_bytes()
        except OSError:  # a process that has ended meanwhile
            continue


def test_no_second_command_starts_while_the_first_is_at_work(tmp_path):
    # as the command of a program that was killed holds it
    lock = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_EX)
    message = f'is still at work in {tmp_path}.*`pgrep -f x.py` finds'
    with pytest.raises(RuntimeError, match=message):
        run_mim('train', Path('x.py'), [], tmp_path / 'log', pytest.fail)
    assert not (tmp_path / 'log').exists()
    os.close(lock)


def test_a_failure_inside_mmpose_is_not_buried_under_mims_own(tmp_path):
    config = tmp_path / 'wrong.py'
    config.write_text("model = dict(type='NoSuchModel')\n")
    args = ['--work-dir', str(tmp_path / 'work')]
    with pytest.raises(RuntimeError) as error:
        run_mim('train', config, args, tmp_path / 'log', lambda line: None)
    assert 'CalledProcessError' in (tmp_path / 'log').read_text()
    last = str(error.value).splitlines()[-1]
    assert 'Error' in last
    assert 'CalledProcessError' not in last


def test_the_epochs_of_a_training_are_those_of_its_last_checkpoint(tmp_path):
    assert count_epochs(tmp_path) == 0
    torch.save({'meta': {'epoch': 7}}, tmp_path / 'epoch_7.pth')
    (tmp_path / 'last_checkpoint').write_text(str(tmp_path / 'epoch_7.pth'))
    assert count_epochs(tmp_path) == 7
