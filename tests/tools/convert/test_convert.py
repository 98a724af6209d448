"""Conversion of checkpoints of the original networks."""

import pickle

import pytest
import torch
from mmengine.config import Config
from mmpose.models import build_pose_estimator
from original_network import SIZE, OriginalNetwork

from mlpe_mmpose.tools.convert.convert_checkpoint import (
    convert_checkpoint,
    convert_state_dict,
    unused_names,
)
from mlpe_mmpose.tools.convert.converted_config import (
    INPUT_SIZES,
    write_converted_config,
)


def load(source: str, depth: int, input_size: str, state_dict: dict):
    """The model of the written config, with these weights and no others."""
    text = write_converted_config(source, depth, input_size)
    config = Config.fromstring(text, '.py')
    with torch.device('meta'):
        model = build_pose_estimator(config.model)
    model.load_state_dict(state_dict, strict=True, assign=True)
    model.eval()
    return model


def largest_difference(output, expected) -> float:
    """Relative to the range of what is expected."""
    span = expected.max() - expected.min()
    return ((output - expected).abs().max() / span).item()


@pytest.fixture(scope='module')
def empty() -> dict:
    """State dicts with all names and shapes of the originals, of depth 50."""
    return {
        source: OriginalNetwork(source, 50, empty=True).parameters
        for source in ('mlpe', 'cpn')
    }


@pytest.fixture(scope='module')
def converted(empty) -> dict:
    """The converted state dict of MLPE."""
    return convert_state_dict(empty['mlpe'], 'mlpe')


@pytest.fixture
def mlpe(empty) -> dict:
    """A copy of the state dict of MLPE, which a test may change."""
    return dict(empty['mlpe'])


@pytest.mark.parametrize('source', ['mlpe', 'cpn'])
def test_the_converted_model_computes_the_heatmaps_of_the_original(source):
    original = OriginalNetwork(source, 50)
    images = torch.randn(1, 3, *SIZE)
    heatmaps, level_heatmaps = original(images)

    # as DataParallel names them
    wrapped = {f'module.{n}': t for n, t in original.parameters.items()}
    ours = convert_state_dict(wrapped, source)
    model = load(source, 50, '384x288', ours)
    with torch.no_grad():
        feats = model.extract_feat(images)
        assert largest_difference(model.head(feats), heatmaps) < 1e-4
        levels = model.head.level_predictors(feats)
    for level, expected in zip(levels, level_heatmaps, strict=True):
        assert largest_difference(level, expected) < 1e-4


@pytest.mark.parametrize('source', ['mlpe', 'cpn'])
def test_originals_of_101_layers_fit_their_config(source):
    original = OriginalNetwork(source, 101, empty=True)
    ours = convert_state_dict(original.parameters, source)
    for input_size in INPUT_SIZES:
        load(source, 101, input_size, ours)


def test_only_the_layers_that_the_release_never_uses_are_left_out(
    mlpe, converted
):
    # the classifier's two, and three times a convolution and its norm's five
    dropped = unused_names(mlpe, 'mlpe')
    assert len(dropped) == 2 + 3 * 6
    assert 'resnet.fc.weight' in dropped
    assert 'multilevel_net.laterals.3.1.running_var' in dropped
    assert not any('laterals.0' in name for name in dropped)
    assert len(converted) == len(mlpe) - len(dropped)
    # a checkpoint without them is as good
    for name in dropped:
        del mlpe[name]
    assert convert_state_dict(mlpe, 'mlpe').keys() == converted.keys()


def test_cpn_uses_all_of_its_laterals(empty):
    assert unused_names(empty['cpn'], 'cpn') == []


def test_all_misfits_are_listed_by_their_original_names(mlpe):
    del mlpe['HRfine_net.cascade.1.3.running_mean']
    del mlpe['resnet.layer1.0.downsample.1.weight']
    mlpe['HRfine_net.cascade.1.9.weight'] = torch.zeros(1)
    mlpe['resnet.layer5.0.conv1.weight'] = torch.zeros(1)
    mlpe['HRfine_net.final_predict.1.weight'] = torch.zeros(14, 256, 3, 3)
    with pytest.raises(ValueError, match='5 parameters do not fit') as error:
        convert_state_dict(mlpe, 'mlpe')
    assert set(str(error.value).splitlines()[1:]) == {
        'missing: HRfine_net.cascade.1.3.running_mean',
        'missing: resnet.layer1.0.downsample.1.weight',
        'unknown: HRfine_net.cascade.1.9.weight',
        'unknown: resnet.layer5.0.conv1.weight',
        'shape: HRfine_net.final_predict.1.weight is (14, 256, 3, 3), '
        'needs to be (17, 256, 3, 3)',
    }


@pytest.mark.parametrize(
    ('source', 'given', 'words'),
    [
        ('mlpe', 'cpn', "those of source='cpn', got source='mlpe'"),
        ('cpn', 'mlpe', "those of source='mlpe', got source='cpn'"),
        ('MLPE', 'mlpe', "one of .*'mlpe', 'cpn'.*source='MLPE'"),
    ],
)
def test_another_source_is_refused(empty, source, given, words):
    with pytest.raises(ValueError, match=words):
        convert_state_dict(empty[given], source)


@pytest.mark.parametrize(
    ('names', 'words'),
    [
        (['fc.weight', 'layer1.weight'], 'begin with fc, layer1'),
        ([], 'nothing'),
    ],
)
def test_another_network_is_refused(names, words):
    state_dict = dict.fromkeys(names, torch.zeros(1))
    with pytest.raises(ValueError, match=words):
        convert_state_dict(state_dict, 'mlpe')


def test_a_checkpoint_of_mlpe_may_use_the_names_of_cpn(mlpe, converted):
    # the release's forward calls global_net what its constructor does not
    renamed = {
        name.replace('multilevel_net', 'global_net').replace(
            'HRfine_net', 'refine_net'
        ): tensor
        for name, tensor in mlpe.items()
    }
    assert convert_state_dict(renamed, 'mlpe').keys() == converted.keys()


def test_counters_of_batches_may_be_missing_as_in_pytorch_0_4(mlpe, converted):
    old = {n: t for n, t in mlpe.items() if 'num_batches' not in n}
    ours = convert_state_dict(old, 'mlpe')
    assert ours.keys() == converted.keys()
    assert ours['neck.upsamples.0.bn.num_batches_tracked'] == 0


# as today's PyTorch and as that of the originals writes
@pytest.mark.parametrize('new_format', [True, False])
def test_the_file_loads_safely_and_replaces_another_only_with_force(
    mlpe, converted, tmp_path, new_format
):
    in_file, out_file = tmp_path / 'release.pth.tar', tmp_path / 'ours.pth'
    out_file.write_bytes(b'old')
    torch.save(
        dict(epoch=50, state_dict=mlpe, optimizer=dict(state={}, lr=5e-4)),
        in_file,
        _use_new_zipfile_serialization=new_format,
    )
    arguments = (in_file, out_file, 'mlpe', '256x192')
    with pytest.raises(FileExistsError, match=r'ours\.pth exists; --force'):
        convert_checkpoint(*arguments)
    said = []
    with out_file.open('rb') as old:
        convert_checkpoint(*arguments, force=True, say=said.append)
        # the open file is the old one, so the new one took its place
        assert old.read() == b'old'
    checkpoint = torch.load(out_file, weights_only=True)
    assert checkpoint['state_dict'].keys() == converted.keys()
    assert checkpoint['meta']['converted_from'] == 'mlpe'
    assert 'resnet.fc.weight' in '\n'.join(said)
    config = tmp_path / 'ours.py'
    assert sorted(tmp_path.iterdir()) == [out_file, config, in_file]


class Surprise:
    """An object that PyTorch's safe loader does not make."""


@pytest.mark.parametrize(
    ('content', 'words'),
    [
        (dict(state_dict={}, config=Surprise()), 'keep its weights alone'),
        (dict(state_dict=dict(epoch=1)), 'holds no state dict'),
        ([torch.zeros(1)], 'holds a list, and not a dict'),
        ({0: torch.zeros(1)}, 'holds no state dict'),
        (dict(state_dict={}), 'begin with nothing'),
    ],
)
def test_a_file_of_other_contents_is_refused_and_nothing_is_written(
    tmp_path, content, words
):
    in_file, out_file = tmp_path / 'in.pth', tmp_path / 'out.pth'
    torch.save(content, in_file)
    out_file.write_bytes(b'old')
    with pytest.raises(ValueError, match=words):
        convert_checkpoint(in_file, out_file, 'mlpe', '256x192', force=True)
    assert out_file.read_bytes() == b'old'
    assert sorted(tmp_path.iterdir()) == [in_file, out_file]


def test_a_file_that_is_no_checkpoint_is_refused(tmp_path):
    in_file = tmp_path / 'in.pth'
    for content in (b'', b'text', pickle.dumps({}, 2)[:-1]):
        in_file.write_bytes(content)
        with pytest.raises(ValueError, match='damaged or no checkpoint'):
            convert_checkpoint(
                in_file, tmp_path / 'out.pth', 'mlpe', '256x192'
            )


@pytest.mark.parametrize(
    ('out_name', 'input_size', 'error', 'words'),
    [
        ('out.py', '256x192', ValueError, 'both weights and config'),
        ('mine.pth', '256x192', FileExistsError, r'mine\.py exists; --force'),
        ('out.pth', '256x256', ValueError, "got input_size='256x256'"),
    ],
)
def test_a_config_that_cannot_be_written_is_refused_before_the_work(
    mlpe, tmp_path, out_name, input_size, error, words
):
    in_file, mine = tmp_path / 'in.pth', tmp_path / 'mine.py'
    torch.save(mlpe, in_file)
    mine.write_text('changed by hand')
    with pytest.raises(error, match=words):
        convert_checkpoint(in_file, tmp_path / out_name, 'mlpe', input_size)
    assert mine.read_text() == 'changed by hand'
    assert sorted(tmp_path.iterdir()) == [in_file, mine]
