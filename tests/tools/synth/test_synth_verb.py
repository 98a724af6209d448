import sys

import pytest

from mlpe_mmpose.tools import main


def _synth(*arguments) -> int:
    return main(['synth', *map(str, arguments)])


def test_the_verb_writes_the_images_and_prints_their_number(tmp_path, capsys):
    out_dir = tmp_path / 'data'
    assert _synth(out_dir, '--images', 8, '--seed', 5, '--size', 96, 80) == 0
    said = capsys.readouterr().out
    assert str(out_dir) in said
    assert '10 images' in said  # a quarter of 8 for validation
    assert 'visible (2)' in said
    assert len(list((out_dir / 'train2017').iterdir())) == 8
    assert len(list((out_dir / 'val2017').iterdir())) == 2


def test_the_name_of_a_folder_stays_as_it_is_in_an_error(tmp_path, capsys):
    out_dir = tmp_path / 'my seed data'
    out_dir.mkdir()
    (out_dir / 'mine.txt').touch()
    assert _synth(out_dir, '--images', 1) == 2
    assert f'synth: OUT {out_dir} holds' in capsys.readouterr().err


def test_the_verb_says_that_the_data_set_existed(tmp_path, capsys):
    arguments = (tmp_path / 'data', '--images', 1, '--val-images', 1)
    _synth(*arguments)
    capsys.readouterr()
    assert _synth(*arguments) == 0
    assert 'there already' in capsys.readouterr().out


@pytest.mark.parametrize(
    ('arguments', 'words'),
    [
        (('--images', 0), '--images must be'),
        (('--images', 1, '--val-images', 0), '--val-images must be'),
        (('--seed', -1), '--seed must be'),
        (('--size', 10, 10), '--size (width) must be'),
    ],
)
def test_a_wrong_argument_is_one_line_and_status_2(
    tmp_path, capsys, arguments, words
):
    assert _synth(tmp_path / 'data', *arguments) == 2
    said = capsys.readouterr()
    assert said.out == ''
    assert said.err.count('\n') == 1
    assert words in said.err
    assert not (tmp_path / 'data').exists()


def test_without_opencv_the_verb_says_what_to_install(
    tmp_path, capsys, monkeypatch
):
    for name in ('cv2', 'mlpe_mmpose.tools.synth'):
        monkeypatch.setitem(sys.modules, name, None)
    assert _synth(tmp_path / 'data') == 1
    said = capsys.readouterr()
    assert said.err.startswith('synth: The generator does not work: opencv is')
    assert 'pip install --no-deps opencv-python-headless==' in said.err
    assert not (tmp_path / 'data').exists()


def test_a_single_image_is_enough(tmp_path, capsys):
    assert _synth(tmp_path / 'data', '--images', 1) == 0
    assert '2 images' in capsys.readouterr().out
