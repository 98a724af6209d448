"""A folder with images, annotations and results."""

from pathlib import Path

import pytest


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    pytest.importorskip('sleap_io', reason='sleap-io is not installed')
    from predictions import make_folder

    return make_folder(tmp_path)
