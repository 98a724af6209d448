"""The command line as a whole: help, messages, and exit statuses."""

import os
import re
import resource
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from mlpe_mmpose.tools import VERBS, main

ROOT = Path(__file__).parents[2]
NAMES = [verb for verbs in VERBS.values() for verb in verbs]


def _start(arguments: Sequence[str], **kwargs: object) -> subprocess.Popen:
    """Start the program as a user does."""
    return subprocess.Popen(
        [sys.executable, '-m', 'mlpe_mmpose', *arguments],
        env=os.environ | {'PYTHONPATH': str(ROOT), 'PYTHONUNBUFFERED': ''},
        stderr=subprocess.PIPE,
        text=True,
        **kwargs,
    )


@pytest.fixture
def synth(tmp_path: Path) -> list[str]:
    """A call that generates two small images."""
    size = ['--size', '64', '64']
    return ['synth', str(tmp_path / 'data'), '--images', '1', *size]


def test_without_a_verb_the_help_is_shown_and_the_call_is_wrong(capsys):
    assert main([]) == 2
    assert 'What to do first:' in capsys.readouterr().out


@pytest.mark.parametrize('closed', ['>&-', '2>&-', '>&- 2>&-'])
def test_a_program_without_output_does_its_work(synth, closed):
    # as daemons start it
    call = shlex.join([sys.executable, '-m', 'mlpe_mmpose', *synth])
    done = subprocess.run(['sh', '-c', f'{call} {closed}'], check=False)
    assert done.returncode == 0


@pytest.mark.parametrize('closed', ['>&-', '<&- 2>&-', '<&- >&- 2>&-'])
def test_no_file_gets_the_number_of_a_closed_stream(closed):
    code = (
        'import os, sys; from mlpe_mmpose.tools import main; main([]); '
        'sys.exit(os.open(os.devnull, os.O_RDONLY) < 3)'
    )
    call = shlex.join([sys.executable, '-c', code])
    done = subprocess.run(['sh', '-c', f'{call} {closed}'], check=False)
    assert done.returncode == 0


def test_the_help_lists_every_verb_below_what_a_person_wants(capsys):
    with pytest.raises(SystemExit) as stop:
        main(['--help'])
    assert stop.value.code == 0
    text = capsys.readouterr().out
    for purpose, verbs in VERBS.items():
        lines = text.partition(f'\n{purpose}:\n')[2].splitlines()
        listed = [line.split()[0] for line in lines[: len(verbs)]]
        assert listed == list(verbs)
    assert max(map(len, text.splitlines())) < 80


def test_the_help_needs_no_package():
    # -S leaves out site-packages: neither torch nor anything else is there
    done = subprocess.run(
        [sys.executable, '-S', '-m', 'mlpe_mmpose', '--help'],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert 'doctor' in done.stdout


@pytest.mark.parametrize('verb', NAMES)
def test_every_verb_explains_itself(verb, capsys):
    with pytest.raises(SystemExit) as stop:
        main([verb, '--help'])
    assert stop.value.code == 0
    text = capsys.readouterr().out
    assert f'mlpe_mmpose {verb}' in text
    assert '--traceback' in text


def test_the_version_is_printed(capsys):
    with pytest.raises(SystemExit) as stop:
        main(['--version'])
    assert stop.value.code == 0
    assert re.fullmatch(r'\d+\.\d+\.\d+\n', capsys.readouterr().out)


def test_an_unknown_verb_is_refused_with_the_list_of_verbs(capsys):
    with pytest.raises(SystemExit) as stop:
        main(['trian'])
    assert stop.value.code == 2
    said = capsys.readouterr().err
    assert "'trian'" in said
    assert all(verb in said for verb in NAMES)


def test_work_that_is_done_has_status_0(synth, capsys):
    assert main(synth) == 0
    assert '2 images' in capsys.readouterr().out


def test_work_that_fails_is_one_line_with_status_1(synth, capsys):
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (500, limits[1]))  # bytes
    try:
        assert main(synth) == 1
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert capsys.readouterr().err == 'synth: [Errno 27] File too large\n'


@pytest.mark.parametrize(
    'arguments',
    [
        ['synth', 'data', '--seed', '-1'],
        ['pack', 'no_such.json', 'none.json', '--name', 'mlpe'],
        ['report', 'no_such_config.py', 'no_such.pth'],
    ],
)
def test_a_wrong_call_is_one_line_with_status_2(
    arguments, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    said = capsys.readouterr()
    assert said.err.startswith(f'{arguments[0]}: ')
    assert said.err.count('\n') == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize('option', ['--traceback', '--trace'])
def test_the_traceback_is_shown_on_request(capsys, option):
    assert main(['synth', 'data', '--seed', '-1', option]) == 2
    said = capsys.readouterr().err
    assert said.count('Traceback') == 2  # of the error, and of its cause
    assert said.endswith(
        'synth: --seed must be a whole number from 0 to '
        '9223372036854775807, got -1\n'
    )


def test_a_mistake_in_the_package_is_raised_and_told_once(
    synth, monkeypatch, capsys
):
    monkeypatch.setattr('mlpe_mmpose.tools.synth.generator.render_scene', None)
    with pytest.raises(TypeError):
        main([*synth, '--traceback'])
    assert 'Traceback' not in capsys.readouterr().err


@pytest.mark.parametrize(
    ('code', 'message'),
    [
        ('x = dict(\n  a=1\n  b=2)', 'line 2: SyntaxError: .*comma'),
        ('x = dict(a=1)\ny = dict(a=z)', "line 2: NameError: name 'z' is not"),
        ('x = 1\n\ny = x.a', "line 3: AttributeError: .*no attribute 'a'"),
        # of the other, which inherits this one
        ('x = 1', r"child\.py: TypeError: x={'y': 2} in child config cannot"),
    ],
)
def test_a_mistake_in_a_config_is_named_with_its_file_and_line(
    code, message, tmp_path, capsys
):
    (tmp_path / 'base.py').write_text(code)
    child = tmp_path / 'child.py'
    child.write_text("_base_ = ['base.py']\nx = dict(y=2)")
    (tmp_path / 'weights.pth').touch()
    page = tmp_path / 'page.html'
    call = ['report', str(child), str(tmp_path / 'weights.pth')]
    assert main([*call, '--out', str(page)]) == 2
    out = capsys.readouterr().err
    assert re.fullmatch(rf'report: /.*(base\.py, )?{message}.*\n', out)


def test_ctrl_c_stops_with_status_130_and_no_traceback(tmp_path):
    data = tmp_path / 'data'
    process = _start(['synth', str(data), '--images', '100000'])
    try:
        while process.poll() is None and not (data / 'train2017').exists():
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=30)
    finally:
        process.kill()
    assert process.returncode == 130
    assert said.endswith('\nsynth: stopped\n')
    assert 'Traceback' not in said


def test_a_closed_pipe_stops_with_status_130_and_no_message(synth):
    # the summary is so short that Python writes it at the end only
    end, start = os.pipe()
    os.close(end)
    process = _start(synth, stdout=start)
    os.close(start)
    _, said = process.communicate(timeout=30)
    assert (process.returncode, said) == (130, '1/2 images\n2/2 images\n')
