"""Suites are read whole, or refused."""

from pathlib import Path

import pytest
import torch
from mmengine.registry import init_default_scope
from mmpose.models import build_pose_estimator

from mlpe_mmpose.models.necks.feature_enhancement import FeatureEnhancement
from mlpe_mmpose.shipped import find_shipped
from mlpe_mmpose.tools.compare import suite_names
from mlpe_mmpose.tools.compare.run_config import build_config, fingerprint_of
from mlpe_mmpose.tools.compare.suite import load_suite

SUITES = suite_names()
ROW = "dict(name='x', config='mlpe_tiny_synthetic.py')"


def write(tmp_path: Path, rows: str) -> str:
    path = tmp_path / 'mine.py'
    path.write_text(f'experiments = [{rows}]\n')
    return str(path)


@pytest.mark.parametrize('name', SUITES)
def test_every_experiment_of_a_shipped_suite_fits_together(name):
    suite = load_suite(name)
    init_default_scope('mmpose')
    for experiment in suite.experiments:
        config = build_config(experiment, [suite.options, experiment.options])
        if 'synthetic' not in experiment.config:
            # without options; see tests/configs
            continue
        if 'tiny' in experiment.config:
            # large ones take half a minute, and have the same options
            build_pose_estimator(config.model)
        # one codec for targets and decoding, whatever the options changed
        steps = config.train_dataloader.dataset.pipeline
        (target,) = [s for s in steps if s['type'] == 'GenerateTarget']
        if target.get('multilevel'):
            # MSPN has a codec for each level, and decodes the last
            target = dict(encoder=target['encoder'][-1])
        assert target['encoder'] == config.model.head.decoder == config.codec


def test_table_1_has_the_papers_rows_and_figures():
    rows = {e.name: e for e in load_suite('table1').experiments}
    assert ''.join(rows) == 'abcdef'
    assert rows['f'].paper == {'AP': 73.7, 'AP(M)': 69.7, 'AP(L)': 81.0}
    for name, row in rows.items():
        head = row.path.read_text().split('_base_')[0]
        assert f'row {name} of' in head
        assert str(row.paper['AP']) in head


@pytest.mark.parametrize('name', SUITES)
def test_no_two_experiments_of_a_suite_are_the_same(name):
    suite = load_suite(name)
    configs = [
        build_config(row, [suite.options, row.options])
        for row in suite.experiments
    ]
    assert len(set(map(fingerprint_of, configs))) == len(configs)


@pytest.mark.parametrize('name', SUITES)
def test_no_suite_addresses_a_part_of_a_config_by_its_number(name):
    suite = load_suite(name)
    options = [suite.options, *(row.options for row in suite.experiments)]
    keys = [part for row in options for key in row for part in key.split('.')]
    assert not [key for key in keys if key.isdigit()]


def test_the_suite_for_a_gpu_has_the_rows_of_the_tiny_one():
    tiny, large = (load_suite(name).experiments for name in ('tiny', 'gpu'))
    assert [row.name for row in large] == [row.name for row in tiny]
    assert [row.against for row in large] == [row.against for row in tiny]
    for row in large:
        config = build_config(row, [row.options])
        assert config.codec.input_size == (192, 256)
        assert config.model.backbone.type == 'ResNeSt'


def test_the_photographs_for_a_gpu_have_the_rows_of_the_small_networks():
    small, large = (load_suite(name) for name in ('lspet', 'lspet_gpu'))
    assert large.data == small.data
    rows = large.experiments
    assert [(row.name, row.against) for row in rows] == [
        (row.name, row.against) for row in small.experiments
    ]
    backbones = set()
    for row in rows:
        config = build_config(row, [large.options, row.options])
        assert config.codec.input_size == (256, 256)
        # None would be PyTorch's initial weights in the place of MMPose's
        assert 'init_cfg' not in config.model.backbone, row.name
        backbones.add(config.model.backbone.type)
    assert backbones == {
        'ResNeSt',
        'HRNet',
        'MSPN',
        'mmpretrain.VisionTransformer',
    }


def pooled_sizes(ratios: tuple, height: int, width: int) -> list[tuple]:
    """Sizes of the pooled maps of feature enhancement."""
    part = FeatureEnhancement(2, 2, ratios).eval()
    sizes = []
    for reduce in part.reduces:
        reduce.register_forward_hook(
            lambda module, args, out: sizes.append(tuple(out.shape[2:]))
        )
    part(torch.zeros(1, 2, height, width))
    return sizes


@pytest.mark.parametrize(
    ('suite', 'size'), [('tiny', (4, 3)), ('gpu', (8, 6))]
)
def test_pooling_as_at_384x288_pools_to_its_sizes(suite, size):
    rows = {row.name: row for row in load_suite(suite).experiments}
    options = rows['enhancement_as_at_384x288'].options
    found = pooled_sizes(options['model.neck.pool_ratios'], *size)
    assert found == pooled_sizes((0.1, 0.2, 0.3), 12, 9)
    assert len(set(found)) == 3


def test_an_unknown_suite_is_answered_with_the_known_ones():
    with pytest.raises(FileNotFoundError, match=r"'nano'; there are .*tiny"):
        load_suite('nano')


@pytest.mark.parametrize(
    ('rows', 'message'),
    [
        (f'{ROW}, {ROW}', "2 experiments are called 'x'"),
        (ROW[:-1] + ", against='y')", "against='y', which is none of"),
        (ROW[:-1] + ', option={})', "'option'.* may have more of: name, c"),
        ("dict(config='x.py')", "missing .* 'name'"),
        (ROW.replace("'x'", "'../x'"), r"cannot be called '\.\./x'"),
        (ROW.replace("'x'", '4', 1), 'cannot be called 4; .* It is a string'),
        (ROW[:-1] + ', options=[1])', 'its options are no dict'),
        (ROW[:-1] + ', paper=70.4)', 'its paper are no dict'),
        (f'{ROW}]\noptions = [4', r'options is \[4\], not a dict'),
        ('', r'it needs a list `experiments`.* got experiments = \[\]'),
    ],
)
def test_a_wrong_suite_is_refused(tmp_path, rows, message):
    with pytest.raises(ValueError, match=message):
        load_suite(write(tmp_path, rows))


def test_a_missing_config_is_named(tmp_path):
    rows = "dict(name='x', config='none.py')"
    message = r"'x' has no config 'none\.py': there is no such file"
    with pytest.raises(FileNotFoundError, match=message):
        load_suite(write(tmp_path, rows))


def test_a_config_is_no_suite():
    config = find_shipped('configs/mlpe_tiny_synthetic.py')
    with pytest.raises(ValueError, match=f'{config} is no suite'):
        load_suite(str(config))
