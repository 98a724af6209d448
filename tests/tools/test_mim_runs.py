"""Commands as steps of a program, and their failures."""

import fcntl
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mlpe_mmpose.tools.mim_runs import run_mim


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


PROGRAM = """
import os, sys, pathlib
os.setpgrp()  # a job of its own, as a shell starts it
from mlpe_mmpose.tools.mim_runs import run_mim, stopped_by_signals
config = pathlib.Path(sys.argv[1])
with stopped_by_signals():
    run_mim('train', config, [], config.with_name('log'), str)
"""


def test_ctrl_z_pauses_a_command_with_its_program(tmp_path):
    config, ticks = tmp_path / 'endless.py', tmp_path / 'ticks'
    config.write_text(
        'import time\n'
        'while True:\n'
        '    time.sleep(0.05)\n'
        f"    print('tick', file=open({str(ticks)!r}, 'a'))\n"
    )
    process = subprocess.Popen([sys.executable, '-c', PROGRAM, str(config)])
    try:
        _wait_for_growth(ticks)
        process.send_signal(signal.SIGTSTP)
        _, status = os.waitpid(process.pid, os.WUNTRACED)
        assert os.WIFSTOPPED(status)
        time.sleep(0.2)
        size = ticks.stat().st_size
        time.sleep(0.5)
        assert ticks.stat().st_size == size
        process.send_signal(signal.SIGCONT)
        _wait_for_growth(ticks)
    finally:
        process.send_signal(signal.SIGCONT)
        process.terminate()
        process.wait(20)
    size = ticks.stat().st_size
    time.sleep(0.2)
    assert ticks.stat().st_size == size


def _wait_for_growth(file: Path) -> None:
    """Wait until a file is longer than now, for a minute at most."""
    size = file.stat().st_size if file.exists() else 0
    for _ in range(600):
        if file.exists() and file.stat().st_size > size:
            return
        time.sleep(0.1)
    pytest.fail(f'{file} does not grow')


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


MEMORY = """
import sys, pathlib
from mlpe_mmpose.tools.mim_runs import run_mim
config = pathlib.Path(sys.argv[1])
args = config, [], config.with_name('log'), str
print(run_mim('train', *args))
spent = b'1' * 2**31
del spent
print(run_mim('train', *args))
"""


def test_the_memory_of_a_command_is_not_that_of_its_program(tmp_path):
    config = tmp_path / 'short.py'
    config.write_text("spent = b'1' * 2**30\n__import__('os')._exit(0)\n")
    # a shell between, because the tests before have needed much memory too
    shell = ['sh', '-c', '"$@"; exit $?', 'sh']
    done = subprocess.run(
        [*shell, sys.executable, '-c', MEMORY, config],
        capture_output=True,
        text=True,
        check=True,
    )
    before, after = done.stdout.split()
    assert 1024 < float(before) < 2048
    # less than the program had needed before, and so not known
    assert after == 'None'
