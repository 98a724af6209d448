import argparse
import itertools
import os
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from mmpose.apis import init_model
from original_network import OriginalNetwork

from mlpe_mmpose.tools import main
from mlpe_mmpose.tools.convert import cli as convert
from mlpe_mmpose.tools.convert.converted_config import (
    INPUT_SIZES,
    write_converted_config,
)
from mlpe_mmpose.tools.convert.original_names import SOURCES

ROOT = Path(__file__).parents[3]
# what both originals subtract, R, G, B, before they divide by 255
MEAN = (122.7717, 115.9465, 102.9801)


def save_original(path, source: str, depth: int) -> None:
    """All names and shapes of an original, in a file."""
    state_dict = OriginalNetwork(source, depth, empty=True).parameters
    torch.save(dict(epoch=1, state_dict=state_dict), path)


def run(*arguments: object) -> int:
    return main(['convert', *map(str, arguments)])


@pytest.mark.parametrize(
    ('source', 'depth', 'input_size', 'codec_size'),
    [
        ('mlpe', 50, '256x192', (192, 256)),
        ('mlpe', 101, '384x288', (288, 384)),
        ('cpn', 101, '384x288', (288, 384)),
    ],
)
def test_the_written_config_normalises_as_the_original(
    tmp_path, monkeypatch, capsys, source, depth, input_size, codec_size
):
    # a name that a shell would split
    in_file, out_file = tmp_path / 'in.pth', 'my model.pth'
    save_original(in_file, source, depth)
    monkeypatch.chdir(tmp_path)
    arguments = ('--source', source, '--input-size', input_size)
    assert run(in_file, out_file, *arguments) == 0
    command = capsys.readouterr().out.splitlines()[-1]
    assert shlex.split(command) == [
        *('mim', 'test', 'mmpose', 'my model.py', '-C', out_file)
    ]

    model = init_model('my model.py', out_file, device='cpu')
    assert model.head.decoder.input_size == codec_size
    assert model.cfg.model.backbone.depth == depth
    crop = np.random.default_rng(0).integers(0, 256, (8, 6, 3), np.uint8)
    crop = torch.from_numpy(crop).permute(2, 0, 1)  # BGR, as OpenCV reads
    data = dict(inputs=[crop], data_samples=[])
    inputs = model.data_preprocessor(data)['inputs']
    mean = torch.tensor(MEAN).view(3, 1, 1)
    torch.testing.assert_close(inputs[0], (crop.flip(0) - mean) / 255)


# Reads a config as MMPose's own scripts do, which import nothing before.
READ = """
import sys

from mmengine.config import Config

assert 'mlpe_mmpose' not in sys.modules
print(Config.fromfile(sys.argv[1]).model.backbone.depth)
"""


def test_mmposes_scripts_can_read_the_written_config_anywhere(tmp_path):
    path = tmp_path / 'model.py'
    path.write_text(write_converted_config('cpn', 101, '384x288'))
    done = subprocess.run(
        [sys.executable, '-W', 'ignore', '-c', READ, path],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env={**os.environ, 'PYTHONPATH': str(ROOT)},
    )
    # the packages of onedl print a line before
    assert done.stdout.split()[-1] == '101'
    assert str(ROOT) not in path.read_text()


def test_a_checkpoint_of_the_other_source_is_reported(tmp_path, capsys):
    in_file, out_file = tmp_path / 'in.pth', tmp_path / 'out.pth'
    save_original(in_file, 'cpn', 50)
    arguments = ('--source', 'mlpe', '--input-size', '256x192')
    assert run(in_file, out_file, *arguments) == 2
    said = capsys.readouterr()
    assert said.out == ''
    assert "source='cpn'" in said.err
    assert list(tmp_path.iterdir()) == [in_file]


@pytest.mark.parametrize(
    ('in_name', 'out_name', 'words'),
    [
        ('none.pth', 'out.pth', 'none.pth is not a file'),
        ('none.pth', 'none/out.pth', 'a folder that exists'),
    ],
)
def test_a_wrong_path_gives_a_message_of_one_line(
    tmp_path, monkeypatch, capsys, in_name, out_name, words
):
    monkeypatch.chdir(tmp_path)
    arguments = ('--source', 'cpn', '--input-size', '256x192')
    assert run(in_name, out_name, *arguments) == 2
    said = capsys.readouterr()
    assert said.err.count('\n') == 1
    assert words in said.err


def test_the_verb_knows_every_source_and_input_size():
    parser = argparse.ArgumentParser()
    convert.add_arguments(parser)
    for source, size in itertools.product(SOURCES, INPUT_SIZES):
        arguments = ['in', 'out', '--source', source, '--input-size', size]
        args = parser.parse_args(arguments)
        assert (args.source, args.input_size) == (source, size)


def test_the_input_size_is_required(capsys):
    with pytest.raises(SystemExit, match='2'):
        run('in.pth', 'out.pth', '--source', 'mlpe')
    assert '--input-size' in capsys.readouterr().err
