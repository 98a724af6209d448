from pathlib import Path

import pytest

from mlpe_mmpose.tools.output_file import check_output, write_then_check


def test_a_good_file_takes_its_place(tmp_path):
    path = tmp_path / 'out'
    path.write_text('old')
    with write_then_check(path) as unproven:
        unproven.write_text('new')
        assert path.read_text() == 'old'
    assert path.read_text() == 'new'
    assert list(tmp_path.iterdir()) == [path]


def test_a_failure_leaves_what_was_there_and_nothing_else(tmp_path):
    path = tmp_path / 'out'
    path.write_text('old')
    with pytest.raises(RuntimeError), write_then_check(path) as unproven:  # noqa: PT012
        unproven.write_text('half')
        raise RuntimeError
    assert path.read_text() == 'old'
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_and_a_file_in_none_are_refused(tmp_path):
    check_output(tmp_path / 'out')
    for path in (tmp_path, tmp_path / 'none' / 'out'):
        with pytest.raises(FileNotFoundError, match='cannot be written'):
            check_output(path)


def test_a_file_that_is_read_is_not_replaced(tmp_path):
    annotations, link = tmp_path / 'ann.json', tmp_path / 'link.json'
    annotations.write_text('{}')
    link.symlink_to('ann.json')
    for path in (annotations, link):
        with pytest.raises(ValueError, match='because it is read, too'):
            check_output(path, tmp_path / 'none', annotations)
    check_output(tmp_path / 'out', annotations)


def test_a_device_is_not_replaced_by_a_file():
    with pytest.raises(FileNotFoundError, match='/dev/null cannot be written'):
        check_output(Path('/dev/null'))


def test_a_folder_that_takes_no_file_is_refused_before_the_work(tmp_path):
    check_output(tmp_path / 'out')
    assert list(tmp_path.iterdir()) == []
    # not even the superuser makes files there
    with pytest.raises(OSError, match=r'/proc/out cannot be written.*: \w'):
        check_output(Path('/proc/out'))
