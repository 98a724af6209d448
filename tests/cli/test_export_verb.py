from pathlib import Path

import pytest
from exported import CONFIGS, SIZE, small_baseline

from mlpe_mmpose.cli import main
from mlpe_mmpose.runtime import OnnxPose


def _export(*arguments) -> int:
    return main(['export', *map(str, arguments)])


def test_any_heatmap_model_is_exported_and_the_progress_said(tmp_path, capsys):
    # MMPose's own head and codec, in integers
    codec = dict(type='MSRAHeatmap', sigma=2, **SIZE)
    trained = small_baseline(tmp_path, codec)
    out_file = tmp_path / 'pose.onnx'
    status = _export(trained.config, trained.checkpoint, out_file, '--int8')
    said = capsys.readouterr().out
    assert status == 0
    for line in ('loading', 'exporting', 'batch of 5', 'int8', str(out_file)):
        assert line in said
    assert b'ConvInteger' in out_file.read_bytes()
    # the file says what it is, and the runtime that it cannot decode it
    with pytest.raises(ValueError, match='MLPEHeatmap, got those of MSRAHeat'):
        OnnxPose(out_file)


@pytest.mark.parametrize(
    ('arguments', 'words'),
    [
        (('none.py', __file__, 'pose.onnx'), 'none.py is not a file'),
        ((__file__, 'none.pth', 'pose.onnx'), 'none.pth is not a file'),
        ((__file__, __file__, 'none/pose.onnx'), 'a folder that exists'),
        ((__file__, __file__, '.'), 'a folder that exists'),
    ],
)
def test_a_wrong_path_is_one_line_and_nothing_is_written(
    tmp_path, monkeypatch, capsys, arguments, words
):
    monkeypatch.chdir(tmp_path)
    assert _export(*arguments) == 1
    said = capsys.readouterr()
    assert said.out == ''
    assert said.err.count('\n') == 1
    assert words in said.err
    assert not list(Path.cwd().iterdir())


def test_a_file_that_is_no_checkpoint_is_an_error_and_no_traceback(
    tmp_path, capsys
):
    config = CONFIGS / 'mlpe_tiny_synthetic.py'
    assert _export(config, __file__, tmp_path / 'pose.onnx') == 1
    assert capsys.readouterr().err.startswith('export: ')
    assert not list(tmp_path.iterdir())
