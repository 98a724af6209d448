"""The list of shipped configs is true, and a copy of one can be trained."""

import inspect
import re
import shlex
from pathlib import Path

import pytest
import torch
from mmengine.config import Config
from mmengine.runner import Runner
from mmpose.models import build_pose_estimator
from torch.utils.flop_counter import FlopCounterMode

from mlpe_mmpose.shipped import find_config, find_shipped
from mlpe_mmpose.tools import main
from mlpe_mmpose.tools.compare.suite import load_suite
from mlpe_mmpose.tools.configs.shipped_configs import (
    copy_config,
    list_configs,
)

TINY = 'mlpe_tiny_synthetic'
CONFIGS = list_configs()
ROOT = find_shipped('configs').resolve()
MODELS = {model['Name']: model for model in CONFIGS}
# class of the data set -> the metafile's name of the data
DATA = {
    'AP10KDataset': 'AP-10K',
    'CocoWholeBodyDataset': 'COCO-WholeBody',
    'CrowdPoseDataset': 'CrowdPose',
    'MpiiDataset': 'MPII',
}


def test_the_metafile_has_one_entry_for_each_config_on_disk():
    # the files of _base_ are parts of configs
    paths = {p for p in ROOT.rglob('*.py') if p.parent.name != '_base_'}
    files = {config['Name']: config['Config'] for config in CONFIGS}
    # mim needs unique file names
    assert files == {path.stem: path for path in paths}
    assert len(files) == len(paths) == len(CONFIGS)


@pytest.mark.parametrize('config', CONFIGS, ids=lambda c: c['Name'])
def test_the_metafile_says_what_the_config_is_and_costs(config):
    read = Config.fromfile(config['Config'])
    stored = config['Metadata']
    is_rcnn = read.model.type == 'TorchvisionKeypointRCNN'
    width, height = (1333, 800) if is_rcnn else read.codec.input_size
    assert stored['Input Size'] == f'{height}x{width}'

    backbone = read.model.backbone
    kind, _, size = stored['Architecture'].partition('-')
    assert kind.lower() in backbone.get('type', 'ResNet').lower()
    assert size.startswith(str(backbone.get('depth', '')))

    data = read.train_dataloader.dataset
    root = data.get('data_root', '')
    name = 'synthetic' if 'synthetic' in root else 'COCO'
    assert stored['Training Data'] == DATA.get(data.type, name)

    # counted without arithmetic; mmpretrain's backbones cannot be built there
    model = build_pose_estimator(read.model).eval().to('meta')
    assert stored['Parameters'] == sum(p.numel() for p in model.parameters())
    if is_rcnn:
        # torchvision takes no image there
        assert 'FLOPs' not in stored
        return
    image = torch.zeros(1, 3, height, width, device='meta')
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        model(image, None, mode='tensor')
    assert stored['FLOPs'] == counter.get_total_flops()


def test_the_reported_figures_are_those_that_compare_shows():
    rows = load_suite('table1').experiments
    assert rows
    for row in rows:
        result = MODELS[row.path.stem]['Results'][0]
        assert result['Dataset'] == 'COCO val2017'
        metrics = result['Metrics']
        assert metrics == {
            f'{metric} reported': pytest.approx(value / 100)
            for metric, value in row.paper.items()
        }


def test_every_figure_is_called_reported_and_no_weights_are_claimed():
    for model in MODELS.values():
        assert 'Weights' not in model
        for result in model.get('Results', ()):
            assert model['Metadata']['Reported By']
            assert all('reported' in metric for metric in result['Metrics'])


def test_the_verb_prints_a_line_for_each_config(capsys):
    assert main(['configs']) == 0
    lines = capsys.readouterr().out.splitlines()
    for config in CONFIGS:
        name, stored = config['Config'].name, config['Metadata']
        (line,) = (x for x in lines if x.split()[:1] == [name])
        assert stored['Input Size'] in line
        assert stored['Architecture'] in line
    (line,) = (x for x in lines if x.startswith('mlpe_resnest50_384x288.py'))
    assert line.split()[-4:] == ['39.9', '51.6', '72.4', '(authors)']


@pytest.mark.parametrize(
    'name', ['cpn_resnet50_256x192', 'cpn/cpn_resnet50_256x192.py']
)
def test_a_name_is_printed_as_a_path_that_a_shell_can_take(name, capsys):
    assert main(['configs', name]) == 0
    path = Path(capsys.readouterr().out.rstrip('\n'))
    assert path == ROOT / 'cpn/cpn_resnet50_256x192.py'


def test_an_unknown_name_is_answered_with_the_nearest(capsys):
    assert main(['configs', 'mlpe_tiny_sythetic']) == 2
    error = capsys.readouterr().err
    assert "'mlpe_tiny_sythetic'" in error
    assert f'did you mean {TINY}' in error


def test_a_copy_without_a_name_is_refused(capsys, tmp_path):
    assert main(['configs', '--copy', str(tmp_path)]) == 2
    assert '--copy needs the NAME' in capsys.readouterr().err


def test_a_copy_has_all_values_and_inherits_nothing(tmp_path, capsys):
    folder = tmp_path / 'a folder'
    assert main(['configs', TINY, '--copy', str(folder)]) == 0
    copy = folder / f'{TINY}.py'
    said, command = capsys.readouterr().out.splitlines()
    assert said == str(copy)
    assert shlex.split(command)[-1] == str(copy)
    assert not re.search(r'^_base_', copy.read_text(), re.MULTILINE)
    original = Config.fromfile(find_config(TINY)).to_dict()
    copied = Config.fromfile(copy).to_dict()
    assert copied == {key: original[key] for key in copied}
    assert set(copied) >= {'codec', 'custom_imports', 'dataset_type'}


def test_a_copy_keeps_every_value_that_the_runner_reads(tmp_path):
    source = inspect.getsource(Runner)
    read = set(re.findall(r"\bcfg\.get\(\s*'(\w+)'", source))
    assert {'train_dataloader', 'sync_bn', 'compile'} <= read
    original = Config.fromfile(find_config(TINY))
    copied = Config.fromfile(copy_config(TINY, tmp_path))
    assert set(copied) >= read & set(original)
    # a variable that only helps to write the config would mislead
    assert 'train_pipeline' not in copied


def test_an_existing_copy_is_not_overwritten(tmp_path, capsys):
    copy = tmp_path / f'{TINY}.py'
    copy.write_text('edited = True\n')
    assert main(['configs', TINY, '--copy', str(tmp_path)]) == 2
    assert f'{copy} exists' in capsys.readouterr().err
    assert copy.read_text() == 'edited = True\n'
