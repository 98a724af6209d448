"""What is trained is what was asked for, whatever the values are."""

import copy
from pathlib import Path

import numpy as np
import pytest
from mmengine.config import Config
from mmpose.registry import MODELS
from newer_style import STYLES

from mlpe_mmpose.models.heads import MLPEHead
from mlpe_mmpose.shipped import find_shipped
from mlpe_mmpose.tools.compare import suite_names
from mlpe_mmpose.tools.compare.config_file import write_config
from mlpe_mmpose.tools.compare.fit_head import fit_head
from mlpe_mmpose.tools.compare.run_config import build_config, fingerprint_of
from mlpe_mmpose.tools.compare.suite import Experiment, load_suite

TINY = 'mlpe_tiny_synthetic.py'
SHIPPED = sorted(
    {e.path for name in suite_names() for e in load_suite(name).experiments}
)


@pytest.mark.parametrize(
    'value',
    [
        'two words',
        'a,b',
        '01',
        '1',
        'None',
        'True',
        '',
        'it\'s "quoted" \\ \n',
        '[1, 2]',
        'Größe',
        None,
        True,
        1,
        1.0,
        1e-5,
        [],
        (),
        (1,),
        [1, (2.0, 'x, y'), [None, dict(a='b c')]],
        {},
        dict(a=1, b=dict(c=[dict(d=(1, 2))])),
        {'': 0, 'a-b': 1, 'c.d': 'e'},
        [{'neck.0': dict(lr_mult=20)}],
    ],
    ids=repr,
)
def test_every_value_arrives_as_it_was_given(tmp_path, value):
    base = tmp_path / 'base.py'
    base.write_text('model = dict()')
    config = build_config(Experiment('x', str(base)), [{'model.mine': value}])
    path = tmp_path / 'a folder' / 'run.py'
    write_config(config, path)
    found = Config.fromfile(path)
    assert repr(found.to_dict()['model']['mine']) == repr(value)
    assert fingerprint_of(found) == fingerprint_of(config)
    assert [p.name for p in path.parent.iterdir()] == ['run.py']


@pytest.mark.parametrize('name', ['val_evaluator', 'test_evaluator'])
def test_a_list_of_metrics_is_refused_by_the_name_of_the_config(
    tmp_path, name
):
    metrics = [dict(type='CocoMetric'), dict(type='PCKAccuracy')]
    base = tmp_path / 'base.py'
    words = rf"'x', .*base\.py: {name} is a list of \['CocoMetric', 'PCKAcc"
    for text, options in (
        (f'{name} = {metrics}', {f'{name}.ann_file': 'val.json'}),
        ('model = dict()', {name: metrics}),
    ):
        base.write_text(text)
        with pytest.raises(ValueError, match=words):
            build_config(Experiment('x', str(base)), [options])


@pytest.mark.parametrize('path', SHIPPED, ids=lambda path: path.stem)
def test_every_config_of_a_suite_can_be_written_as_one_file(tmp_path, path):
    config = Config.fromfile(path)
    write_config(config, tmp_path / 'run.py')
    found = Config.fromfile(tmp_path / 'run.py')
    assert found.to_dict() == config.to_dict()


@pytest.mark.parametrize(
    ('value', 'message'),
    [
        (float('inf'), r'but not mine = inf \(float\)'),
        ([dict(x=float('nan'))], r'but not mine\[0\]\.x = nan'),
        (np.float32(0.5), r'mine = .*0\.5\)? \(float32\)'),
        (np.arange(3), r'mine = array\(\[0, 1, 2\]\) \(ndarray\)'),
        (print, r'mine = <built-in function print>'),
        (dict(lambda_=1, **{'lambda': 1}), 'a keyword of Python'),
        ('{{ fileBasename }}', 'mine would be something else'),
    ],
)
def test_a_value_that_no_config_file_can_hold_is_named(
    tmp_path, value, message
):
    path = tmp_path / 'run.py'
    path.write_text('old = 1')
    with pytest.raises(ValueError, match=message):
        write_config(Config(dict(mine=value)), path)
    assert path.read_text() == 'old = 1'
    assert list(tmp_path.iterdir()) == [path]


def test_options_with_dots_and_as_nested_dicts_are_one_and_the_same():
    dotted = {
        'model.neck.out_channels': 16,
        'model.neck.upsample': 'bilinear',
        'model.head.in_channels': 16,
    }
    nested = {
        'model.neck.out_channels': 16,
        'model': dict(
            neck=dict(upsample='bilinear'), head=dict(in_channels=16)
        ),
    }
    configs = [
        build_config(Experiment('x', TINY), options).to_dict()
        for options in ([dotted], [nested], [dotted, {'model': dict()}])
    ]
    assert configs[0] == configs[1] == configs[2]
    assert configs[0]['model']['neck']['out_channels'] == 16
    assert configs[0]['model']['neck']['type'] == 'MLPENeck'


def test_deleting_a_part_deletes_it_for_every_seed():
    options = {'optim_wrapper.paramwise_cfg': dict(_delete_=True, bias=2)}
    before = copy.deepcopy(options)
    for seed in range(2):
        config = build_config(
            Experiment('x', TINY), [options, {'randomness.seed': seed}]
        )
        assert config.optim_wrapper.paramwise_cfg == dict(bias=2)
    assert options == before


@pytest.mark.parametrize(
    'options',
    [
        {'codec.kernel_sizes.0': 3},
        {'param_scheduler.9.end': 3},
        {'param_scheduler': dict(end=3)},
        {'max_epochs.x': 3},
    ],
)
def test_an_option_that_does_not_fit_is_named(options):
    (key,) = options
    with pytest.raises(ValueError, match=f"'x': the option '{key}' = .*tiny"):
        build_config(Experiment('x', TINY), [options])


def test_a_config_that_cannot_be_read_is_named(tmp_path):
    path = tmp_path / 'mine.py'
    path.write_text('model = dict(')
    with pytest.raises(ValueError, match=r"'x': .*mine\.py cannot be read: S"):
        build_config(Experiment('x', str(path)), [])


def uses_of_codec(config: Config) -> list[dict]:
    dataset = config.train_dataloader.dataset
    steps = [*dataset.pipeline[:-1], *dataset.pipeline[-1].transforms[0]]
    steps += config.custom_hooks[0].switch_pipeline
    return [
        config.codec,
        config.model.head.decoder,
        *(s.encoder for s in steps if s.type == 'GenerateTarget'),
    ]


def test_a_change_of_the_codec_reaches_all_its_uses(tmp_path):
    # one target more, inside another transform, and one in the pipeline of the
    # last epochs
    path = tmp_path / 'mine.py'
    path.write_text(
        f"_base_ = ['{find_shipped(f'configs/{TINY}').resolve()}']\n"
        "again = dict(type='GenerateTarget', encoder=_base_.codec)\n"
        'train_dataloader = dict(dataset=dict(pipeline=[\n'
        '    *_base_.train_pipeline,\n'
        "    dict(type='RandomChoice', transforms=[[again]])]))\n"
        "custom_hooks = [dict(type='mmdet.PipelineSwitchHook', "
        'switch_epoch=3, switch_pipeline=[again])]'
    )
    stock = Config.fromfile(path).codec
    changes = dict(kernel_sizes=(5, 5, 5, 5), unbiased=True)
    config = build_config(Experiment('x', str(path), codec=changes), [])
    uses = uses_of_codec(config)
    assert len(uses) == 5
    for use in uses:
        assert use == {**stock, **changes}
    # no two are one object: a later change of one is of that one only
    assert len(set(map(id, uses))) == 5


@pytest.mark.parametrize(
    ('config', 'options', 'message'),
    [
        ('peers/mspn50_256x192.py', {}, 'but the encoder of GenerateTarget'),
        (TINY, {'codec': None}, 'with one codec, .* has codec = None'),
        (TINY, {'model.head.decoder.blur': 3}, 'but model.head.decoder is'),
        (TINY, {'train_dataloader.dataset.pipeline': []}, 'no GenerateTarget'),
    ],
)
def test_a_codec_that_is_not_one_for_all_is_not_changed(
    config, options, message
):
    experiment = Experiment('x', config, codec=dict(kernel_sizes=(5,)))
    with pytest.raises(ValueError, match=f"'x', .*py: codec= .*{message}"):
        build_config(experiment, [options])


def test_an_experiment_s_folder_is_made(tmp_path: Path):
    write_config(Config(dict(a=1)), tmp_path / 'b/c/run.py')
    assert Config.fromfile(tmp_path / 'b/c/run.py').a == 1


@pytest.mark.parametrize('write', STYLES)
def test_a_row_may_have_classes_for_types_and_no_scope(tmp_path, write):
    base = tmp_path / 'base.py'
    config = Config.fromfile(find_shipped(f'configs/{TINY}'))
    config.default_scope = None
    config.model.head.refine_loss = dict(type='MLPEOHKMLoss', topk=8)
    config.dump(base)
    path = write(base, tmp_path / 'mine.py')
    run = build_config(Experiment('x', str(path)), [{'model.head.mine': 1}])
    # what the suite adds is found by name, in MMPose's registries
    assert run.default_scope == 'mmpose'
    assert run.model.head.mine == 1
    assert MODELS.get(run.model.head.type) is MLPEHead
    # OHKM of 8 keypoints cannot be where there are 5
    fit_head(run, 5)
    assert run.model.head.out_channels == 5
    assert run.model.head.refine_loss.topk == 5
