"""A device that is not there is refused before anything else."""

from pathlib import Path

import pytest
from exported import small_mlpe

from mlpe_mmpose.apis import Predictor, build_detector
from mlpe_mmpose.tools import main

# no machine of the tests has a hundred GPUs
NOWHERE, NAMED = 'cuda:99', "device 'cuda:99' cannot be used here: .*--device"


def test_a_predictor_names_a_device_that_is_not_there(tmp_path: Path):
    config = small_mlpe(tmp_path).config
    with pytest.raises(ValueError, match=NAMED):
        Predictor(config, device=NOWHERE)


def test_a_detector_names_a_device_that_is_not_there():
    with pytest.raises(ValueError, match=NAMED):
        build_detector('torchvision:none', device=NOWHERE)


def test_report_names_it_before_the_test(tmp_path: Path, capsys):
    model = small_mlpe(tmp_path)
    page = tmp_path / 'page.html'
    call = ['report', model.config, model.checkpoint, '--out', page]
    status = main([*map(str, call), '--device', NOWHERE])
    assert status == 2
    assert "report: device 'cuda:99' cannot be" in capsys.readouterr().err
    assert not page.exists()
