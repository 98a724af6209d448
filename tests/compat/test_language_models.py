"""Backbones of MMPretrain beside releases of transformers that it dislikes."""

import subprocess
import sys

import pytest

pytest.importorskip('mmpretrain')
BUILD = """
from mlpe_mmpose import registration
from mmpose.registry import MODELS
print(type(MODELS.build(dict(type='mmpretrain.ConvNeXt', arch='atto'))))
"""


def test_a_backbone_is_built_beside_a_transformers_without_old_names(
    tmp_path, monkeypatch
):
    # what MMPretrain looks for is the distribution, and then its modules
    (tmp_path / 'transformers').mkdir()
    # PyTorch 2.1 changes this class where it finds a transformers
    (tmp_path / 'transformers/__init__.py').write_text(
        'class configuration_utils:\n    class PretrainedConfig: ...\n'
    )
    (tmp_path / 'transformers/modeling_utils.py').touch()
    metadata = tmp_path / 'transformers-5.17.0.dist-info/METADATA'
    metadata.parent.mkdir()
    metadata.write_text('Name: transformers\nVersion: 5.17.0\n')
    monkeypatch.setenv('PYTHONPATH', str(tmp_path))
    done = subprocess.run(
        [sys.executable, '-c', BUILD],
        capture_output=True,
        text=True,
        check=False,
    )
    assert 'mmpretrain.models.backbones.convnext.ConvNeXt' in done.stdout, (
        done.stderr[-2000:]
    )
