"""The metadata of an ONNX file, and paths that leave its folder."""

import contextlib
import shutil
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from mlpe_mmpose.runtime import OnnxDetector, OnnxPose, onnx_file
from mlpe_mmpose.runtime.model_card import ModelCard
from mlpe_mmpose.runtime.onnx_file import read_properties


@pytest.fixture
def pose(small_mlpe, tmp_path) -> Path:
    """A copy of an exported file in a folder of its own."""
    folder = tmp_path / 'model'
    folder.mkdir()
    source = small_mlpe.config.with_name('pose.onnx')
    return Path(shutil.copy(source, folder / 'pose.onnx'))


def test_the_metadata_are_those_that_onnx_reads(pose):
    expected = {e.key: e.value for e in onnx.load(pose).metadata_props}
    assert expected
    assert read_properties(pose) == expected


def test_a_card_is_equal_to_the_one_that_it_was_written_from(pose):
    card = ModelCard.from_properties(read_properties(pose))
    assert len(card.skeleton_links) > 10
    assert ModelCard.from_properties(card.to_properties()) == card
    assert hash(card)


def fields_with_tensors() -> dict[str, dict[int, str]]:
    """Find the fields that lead to tensors, in onnx's own descriptors."""
    tensor = TensorProto.DESCRIPTOR
    seen, stack = {}, [onnx.ModelProto.DESCRIPTOR]
    while stack:
        message = stack.pop()
        if message.name not in seen:
            seen[message.name] = [f for f in message.fields if f.message_type]
            stack += [field.message_type for field in seen[message.name]]
    leading, size = {tensor.name}, 0
    while size < len(leading):
        size = len(leading)
        leading |= {
            name
            for name, fields in seen.items()
            if any(field.message_type.name in leading for field in fields)
        }
    return {
        name: {
            field.number: field.message_type.name
            for field in seen[name]
            if field.message_type.name in leading
        }
        for name in leading - {tensor.name}
    }


def test_every_field_that_leads_to_a_tensor_is_followed():
    of_onnx = {
        'TrainingInfoProto': 'Training',
        'SparseTensorProto': 'SparseTensor',
    }
    expected = {
        of_onnx.get(name, name.removesuffix('Proto')): {
            number: of_onnx.get(kind, kind.removesuffix('Proto'))
            for number, kind in fields.items()
        }
        for name, fields in fields_with_tensors().items()
    }
    table = {
        name: {n: kind for n, kind in fields.items() if kind != 'Property'}
        for name, fields in onnx_file._MESSAGES.items()
        if name != 'Tensor'
    }
    assert table == expected
    numbers = TensorProto.DESCRIPTOR.fields_by_name
    assert onnx_file._MESSAGES['Tensor'] == {
        numbers['external_data'].number: 'ExternalData'
    }


def outside(location: str) -> TensorProto:
    """Make a tensor of four numbers that are kept in another file."""
    tensor = numpy_helper.from_array(np.zeros(4, np.float32), 'outside')
    onnx.external_data_helper.set_external_data(tensor, location)
    tensor.ClearField('raw_data')
    return tensor


def in_initializer(model: onnx.ModelProto, tensor: TensorProto) -> None:
    model.graph.initializer.append(tensor)


def in_constant(model: onnx.ModelProto, tensor: TensorProto) -> None:
    node = helper.make_node('Constant', [], ['constant'], value=tensor)
    model.graph.node.insert(0, node)


def in_branch(model: onnx.ModelProto, tensor: TensorProto) -> None:
    branch = helper.make_graph([], 'branch', [], [], initializer=[tensor])
    node = helper.make_node(
        'If', ['x'], ['y'], then_branch=branch, else_branch=branch
    )
    model.graph.node.append(node)


def in_function(model: onnx.ModelProto, tensor: TensorProto) -> None:
    node = helper.make_node('Constant', [], ['constant'], value=tensor)
    function = helper.make_function('own', 'f', [], ['constant'], [node], [])
    model.functions.append(function)


def in_sparse(model: onnx.ModelProto, tensor: TensorProto) -> None:
    indices = numpy_helper.from_array(np.arange(4), 'indices')
    sparse = helper.make_sparse_tensor(tensor, indices, [9])
    model.graph.sparse_initializer.append(sparse)


PLACES = [in_initializer, in_constant, in_branch, in_function, in_sparse]


@pytest.mark.parametrize('place', PLACES)
@pytest.mark.parametrize('backend', ['onnxruntime', 'openvino'])
def test_tensors_in_a_file_outside_the_folder_are_refused(
    pose, place, backend
):
    (pose.parent.parent / 'secret.bin').write_bytes(bytes(16))
    model = onnx.load(pose)
    place(model, outside('../secret.bin'))
    pose.write_bytes(model.SerializeToString())
    words = r"tensors from '\.\./secret\.bin', which is outside its own folder"
    with pytest.raises(ValueError, match=words):
        OnnxPose(pose, backend=backend)
    with pytest.raises(ValueError, match=words):
        OnnxDetector(pose)


def test_absolute_paths_and_links_out_of_the_folder_are_refused(pose):
    secret = pose.parent.parent / 'secret.bin'
    secret.write_bytes(bytes(16))
    (pose.parent / 'link.bin').symlink_to(secret)
    whole = pose.read_bytes()
    for location in (str(secret), 'link.bin', 'sub/../../secret.bin'):
        model = onnx.load_from_string(whole)
        in_initializer(model, outside(location))
        pose.write_bytes(model.SerializeToString())
        with pytest.raises(ValueError, match='outside its own folder'):
            OnnxPose(pose)


@pytest.mark.parametrize('backend', ['onnxruntime', 'openvino'])
def test_tensors_in_a_file_beside_the_model_are_read(pose, backend):
    image = np.random.default_rng(0).integers(0, 256, (90, 70, 3), np.uint8)
    expected, _ = OnnxPose(pose, threads=1)(image, None)
    onnx.save(
        onnx.load(pose), pose, save_as_external_data=True, location='w.bin'
    )
    assert (pose.parent / 'w.bin').stat().st_size > 100_000
    keypoints, _ = OnnxPose(pose, threads=1, backend=backend)(image, None)
    assert np.abs(keypoints - expected).max() < 0.1


def test_a_file_that_is_damaged_is_refused_whatever_the_damage(pose):
    whole = pose.read_bytes()
    rng = np.random.default_rng(0)
    for end in (0, 1, *rng.integers(0, len(whole), 20)):
        pose.write_bytes(whole[:end])
        with pytest.raises(ValueError, match='is no ONNX file, or is damaged'):
            read_properties(pose)
    for _ in range(200):
        damaged = bytearray(whole[-3000:])
        for place in rng.integers(0, len(damaged), 5):
            damaged[place] = rng.integers(256)
        pose.write_bytes(damaged)
        # the damage may be in a text, and then nothing is wrong
        with contextlib.suppress(ValueError):
            read_properties(pose)


def test_graphs_in_graphs_are_followed_to_a_depth_only(pose):
    attribute = onnx.AttributeProto()
    for _ in range(20):
        node = onnx.NodeProto(attribute=[attribute])
        attribute = onnx.AttributeProto(g=onnx.GraphProto(node=[node]))
    model = onnx.ModelProto(graph=attribute.g)
    pose.write_bytes(model.SerializeToString())
    with pytest.raises(ValueError, match='nested too deeply'):
        read_properties(pose)
