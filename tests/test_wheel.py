"""A wheel and an editable install, as MMEngine and mim see them."""

import json
from collections.abc import Sequence
from pathlib import Path

import mmpose.apis
import mmpose.models
import pytest
import torch
from mmengine.config import Config
from mmengine.fileio import load
from mmpose.models import build_pose_estimator
from wheels import ROOT, Environment, copy_checkout, install_wheel

from mlpe_mmpose.tools.synth.generator import generate_dataset

TINY = 'mlpe_tiny_synthetic.py'


@pytest.fixture(scope='module')
def wheel(tmp_path_factory) -> Environment:
    """An environment with a wheel."""
    return install_wheel(tmp_path_factory.mktemp('wheel'))


@pytest.fixture(scope='module')
def editable(tmp_path_factory) -> Environment:
    """An environment with an editable install, which replaces an older one."""
    folder = tmp_path_factory.mktemp('editable')
    checkout = copy_checkout(folder / 'checkout')
    older = checkout / 'mlpe_mmpose/.mim/tools/of_an_older_version.py'
    older.parent.mkdir(parents=True)
    older.touch()
    environment = Environment(folder / 'venv')
    environment.install('-e', checkout, cwd=folder)
    environment.checkout = checkout
    return environment


@pytest.fixture(params=['wheel', 'editable'])
def installed(request) -> Environment:
    return request.getfixturevalue(request.param)


def test_a_wheel_puts_one_package_into_site_packages_and_asks_for_none(wheel):
    files = sorted(wheel.site_packages.glob('[!p_]*'))
    package, info = files
    assert package.name == 'mlpe_mmpose'
    assert info.name.endswith('.dist-info')
    assert (package / 'py.typed').exists()
    metadata = (info / 'METADATA').read_text().splitlines()
    needs = [line for line in metadata if line.startswith('Requires-Dist')]
    # extras, which pip leaves out unless they are asked for
    assert all('; extra == ' in line for line in needs)
    assert not (info / 'entry_points.txt').exists()
    assert (info / 'top_level.txt').read_text() == 'mlpe_mmpose\n'


def test_a_wheel_holds_every_module_and_every_config(wheel):
    package = wheel.site_packages / 'mlpe_mmpose'
    for source, built in (
        (ROOT / 'mlpe_mmpose', package),
        (ROOT / 'configs', package / '.mim/configs'),
        (ROOT / 'benchmarks', package / '.mim/benchmarks'),
    ):
        files = {
            path.relative_to(source)
            for path in source.rglob('*')
            if path.suffix in ('.py', '.jinja') and '.mim' not in path.parts
        }
        assert files
        missing = [name for name in files if not (built / name).exists()]
        assert not missing


def test_the_configs_of_a_wheel_are_read_from_where_it_is_installed(wheel):
    path = wheel.site_packages / 'mlpe_mmpose/.mim/configs' / TINY
    assert Config.fromfile(path, import_custom_modules=False).model.type


def test_there_is_a_script_for_every_script_of_mmpose(wheel, editable):
    stock = Path(mmpose.__file__).parent / '.mim/tools'
    names = {path.relative_to(stock) for path in stock.rglob('*.py')}
    # the class that TorchServe loads
    names.remove(Path('torchserve/mmpose_handler.py'))
    # they import functions of MMPose 0.x
    for name in ('inference_top_down_pose_model', 'AssociativeEmbedding'):
        assert not hasattr(mmpose.apis, name)
        assert not hasattr(mmpose.models, name)
    names.remove(Path('misc/keypoints2coco_without_mmdet.py'))
    names.remove(Path('torchserve/test_torchserver.py'))
    for package in (wheel.site_packages, editable.checkout):
        tools = package / 'mlpe_mmpose/.mim/tools'
        assert {p.relative_to(tools) for p in tools.rglob('*.py')} == names


def test_a_config_written_after_an_editable_install_is_found(editable):
    new = editable.checkout / 'configs/new.py'
    new.touch()
    assert (editable.checkout / 'mlpe_mmpose/.mim/configs/new.py').exists()
    new.unlink()


def test_mim_search_finds_the_configs(installed, tmp_path):
    words = ('-m', 'mim', 'search', 'mlpe_mmpose', '--json', 'found.json')
    installed.run(*words, cwd=tmp_path)
    found = json.loads((tmp_path / 'found.json').read_text())
    models = load(ROOT / 'configs/metafile.yml')['Models']
    paths = {model['Name']: model['Config'] for model in models}
    assert found['config'] == paths
    reported = found['coco val2017/ap_reported']
    assert reported['mlpe_resnest50_256x192'] == 0.704


def test_a_script_of_mmpose_starts_without_mmcvs_operators(wheel, tmp_path):
    # alone it ends in "No module named 'mmcv._ext'" with mmcv-lite
    config = tmp_path / 'config.py'
    config.write_text(f"_base_ = 'mlpe_mmpose::{TINY}'\n")
    size = ('--input-shape', 128, 96)
    words = ('-m', 'mim', 'run', 'mlpe_mmpose', 'get_flops', config, *size)
    assert 'head.refine_network' in wheel.run(*words, cwd=tmp_path)


@pytest.fixture(scope='module')
def people(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A few generated people where the tiny config looks for them."""
    folder = tmp_path_factory.mktemp('people')
    generate_dataset(folder / 'data/synthetic', 8, 4, seed=0)
    return folder


def one_process(*splits: str) -> Sequence[str]:
    """`--cfg-options` of loaders without processes of their own."""
    for split in splits:
        yield f'{split}_dataloader.num_workers=0'
        yield f'{split}_dataloader.persistent_workers=False'


@pytest.mark.long
def test_mim_trains_a_config_of_a_wheel_by_its_name(wheel, people):
    name = TINY.removesuffix('.py')
    words = ('-m', 'mim', 'train', 'mlpe_mmpose', name, '--cfg-options')
    short = ('train_cfg.max_epochs=1', 'train_dataloader.batch_size=4')
    options = (*short, *one_process('train', 'val'))
    output = wheel.run(*words, *options, cwd=people)
    assert 'coco/AP:' in output
    assert (people / f'work_dirs/{name}/epoch_1.pth').exists()


def test_mim_tests_a_config_of_a_checkout_by_its_name(editable, people):
    model = build_pose_estimator(
        Config.fromfile(ROOT / 'configs' / TINY).model
    )
    torch.save(model.state_dict(), people / 'random.pth')
    name = TINY.removesuffix('.py')
    words = ('-m', 'mim', 'test', 'mlpe_mmpose', name, '-C', 'random.pth')
    options = ('--cfg-options', *one_process('test'))
    output = editable.run(*words, *options, cwd=people)
    # MMPose's script names the folder of results after the config's file
    assert (people / 'work_dirs' / name).is_dir()
    assert 'coco/AP:' in output
