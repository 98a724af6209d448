"""A number is a camera."""

from pathlib import Path

import pytest

from mlpe_mmpose.tools import main

NUMBER = 63


@pytest.mark.skipif(
    Path(f'/dev/video{NUMBER}').exists(), reason='there is such a camera'
)
def test_a_camera_that_is_not_there_is_named_and_nothing_is_written(
    small_mlpe, tmp_path, capsys
):
    model = str(small_mlpe.config.with_name('pose.onnx'))
    out = tmp_path / 'out'
    call = ['predict', str(NUMBER), '--model', model, '--whole-image']
    assert main([*call, '--out', str(out)]) != 0
    message = f'INPUT={NUMBER}: OpenCV cannot open the camera'
    assert message in capsys.readouterr().err
    assert not (out / 'results.json').exists()
