from pathlib import Path

import cv2
import numpy as np
import pytest
from exported import CONFIGS, SIZE, small_baseline

from mlpe_mmpose.runtime import OnnxPose
from mlpe_mmpose.tools import main


def _export(*arguments) -> int:
    return main(['export', *map(str, arguments)])


def test_a_stock_heatmap_model_is_exported_in_8_bits_with_progress(
    tmp_path, capsys
):
    # MMPose's own head and codec, in 8 bits
    codec = dict(type='MSRAHeatmap', sigma=2, **SIZE)
    trained = small_baseline(tmp_path, codec)
    out_file = tmp_path / 'pose.onnx'
    images = tmp_path / 'images'
    images.mkdir()
    noise = np.random.default_rng(0).integers(0, 256, (90, 70, 3), np.uint8)
    for name in ('a.png', 'b.jpg'):
        cv2.imwrite(str(images / name), noise)
    status = _export(
        trained.config,
        trained.checkpoint,
        out_file,
        *('--heatmaps', '--no-flip-test', '--int8', images),
    )
    said = capsys.readouterr().out
    assert status == 0
    lines = (
        'loading',
        'exporting heatmaps, without mirrored crops',
        'batch of 5',
        'int8: calibrating on 2 people',
        'int8: the heatmaps differ by',
        str(out_file),
    )
    for line in lines:
        assert line in said
    assert b'DequantizeLinear' in out_file.read_bytes()
    # the file says what it is, and the runtime that it cannot decode it
    with pytest.raises(ValueError, match='got heatmaps of MSRAHeatmap'):
        OnnxPose(out_file)


def test_a_codec_that_cannot_be_exported_is_reported_before_the_export(
    tmp_path, capsys
):
    trained = small_baseline(
        tmp_path, dict(type='MSRAHeatmap', sigma=2, **SIZE)
    )
    out_file = tmp_path / 'pose.onnx'
    assert _export(trained.config, trained.checkpoint, out_file) == 2
    said = capsys.readouterr()
    assert 'exporting' not in said.out
    assert 'Export the heatmaps (--heatmaps' in said.err
    assert not out_file.exists()


@pytest.mark.parametrize(
    ('option', 'words'),
    [
        ('model.head.type=Foo', 'Foo is not in the mmpose::model registry'),
        ('model.head.foo=1', "unexpected keyword argument 'foo'"),
        ('test_dataloader.dataset.pipeline.9.padding=1', 'Index 9 exceeds'),
    ],
)
def test_options_from_which_no_model_can_be_built_are_reported(
    tmp_path, capsys, option, words
):
    config = CONFIGS / 'mlpe_tiny_synthetic.py'
    arguments = (config, __file__, tmp_path / 'pose.onnx')
    assert _export(*arguments, '--cfg-options', option) == 2
    said = capsys.readouterr().err
    assert said.startswith('export: no model can be built from ')
    assert words in said
    assert not list(tmp_path.iterdir())


def test_an_option_without_a_value_is_reported(tmp_path, capsys):
    arguments = (__file__, 'weights.pth', tmp_path / 'pose.onnx')
    with pytest.raises(SystemExit, match='2'):
        _export(*arguments, '--cfg-options', 'model.test_cfg.flip_test')
    assert "needs KEY=VALUE, got 'model.test_cfg.f" in capsys.readouterr().err


@pytest.mark.parametrize(
    ('arguments', 'words'),
    [
        (('none.py', __file__, 'pose.onnx'), "is called 'none.py'"),
        ((__file__, 'none.pth', 'pose.onnx'), 'none.pth is not a file'),
        ((__file__, __file__, 'none/pose.onnx'), 'a folder that exists'),
        (
            (__file__, __file__, 'pose.onnx', '--int8-boxes', 'x.json'),
            'int8_boxes=x.json',
        ),
        ((__file__, __file__, '.'), 'a folder that exists'),
    ],
)
def test_a_wrong_path_gives_a_message_of_one_line_and_no_file(
    tmp_path, monkeypatch, capsys, arguments, words
):
    monkeypatch.chdir(tmp_path)
    assert _export(*arguments) == 2
    said = capsys.readouterr()
    assert said.out == ''
    assert said.err.count('\n') == 1
    assert words in said.err
    assert not list(Path.cwd().iterdir())


def test_a_file_that_is_no_checkpoint_gives_an_error_without_traceback(
    tmp_path, capsys
):
    config = CONFIGS / 'mlpe_tiny_synthetic.py'
    assert _export(config, __file__, tmp_path / 'pose.onnx') == 2
    assert capsys.readouterr().err.startswith('export: ')
    assert not list(tmp_path.iterdir())
