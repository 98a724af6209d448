import argparse
import shlex

import numpy as np
import pytest
import torch
from mmengine.config import Config, DictAction
from mmpose.registry import MODELS
from original_network import OriginalNetwork

from mlpe_mmpose.tools import main
from mlpe_mmpose.tools.convert import cli as convert
from mlpe_mmpose.tools.convert.original_names import SOURCES

# what both originals subtract, R, G, B, before they divide by 255
MEAN = (122.7717, 115.9465, 102.9801)


def save_original(path, source: str, depth: int) -> None:
    """All names and shapes of an original, in a file."""
    state_dict = OriginalNetwork(source, depth, empty=True).parameters
    torch.save(dict(epoch=1, state_dict=state_dict), path)


def read_command(text: str) -> tuple[Config, str]:
    """The config, with its options, and the checkpoint of `mim test`."""
    command = text[text.index('mim test') :].replace('\\\n', ' ')
    parser = argparse.ArgumentParser()
    parser.add_argument('config')
    parser.add_argument('-C')
    # as MMPose's test.py declares it
    parser.add_argument('--cfg-options', nargs='+', action=DictAction)
    args = parser.parse_args(shlex.split(command)[3:])
    config = Config.fromfile(args.config)
    config.merge_from_dict(args.cfg_options)
    return config, args.C


@pytest.mark.parametrize(
    ('source', 'depth', 'configs'),
    [
        ('mlpe', 50, ['mlpe_resnest50_256x192', 'mlpe_resnest50_384x288']),
        ('cpn', 101, ['cpn_resnet50_384x288']),
    ],
)
def test_the_command_that_is_said_normalises_as_the_original(
    tmp_path, capsys, source, depth, configs
):
    # a name that a shell would split
    in_file, out_file = tmp_path / 'in.pth', tmp_path / 'my model.pth'
    save_original(in_file, source, depth)
    arguments = ['convert', str(in_file), str(out_file), '--source', source]
    assert main(arguments) == 0
    said = capsys.readouterr().out
    assert all(f'{name}.py' in said for name in configs)

    config, checkpoint = read_command(said)
    assert checkpoint == str(out_file)
    assert config.model.backbone.depth == depth
    preprocessor = MODELS.build(config.model.data_preprocessor)
    crop = np.random.default_rng(0).integers(0, 256, (8, 6, 3), np.uint8)
    crop = torch.from_numpy(crop).permute(2, 0, 1)  # BGR, as OpenCV reads
    inputs = preprocessor(dict(inputs=[crop], data_samples=[]))['inputs']
    mean = torch.tensor(MEAN).view(3, 1, 1)
    torch.testing.assert_close(inputs[0], (crop.flip(0) - mean) / 255)


def test_a_misfit_is_said_and_nothing_is_written(tmp_path, capsys):
    in_file, out_file = tmp_path / 'in.pth', tmp_path / 'out.pth'
    save_original(in_file, 'cpn', 50)
    arguments = ['convert', str(in_file), str(out_file), '--source', 'mlpe']
    assert main(arguments) == 2
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
def test_a_wrong_path_is_one_line(
    tmp_path, monkeypatch, capsys, in_name, out_name, words
):
    monkeypatch.chdir(tmp_path)
    assert main(['convert', in_name, out_name, '--source', 'cpn']) == 1
    said = capsys.readouterr()
    assert said.err.count('\n') == 1
    assert words in said.err


def test_the_verb_knows_every_source():
    parser = argparse.ArgumentParser()
    convert.add_arguments(parser)
    for source in SOURCES:
        args = parser.parse_args(['in', 'out', '--source', source])
        assert args.source == source
