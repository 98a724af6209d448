"""An exported file beside the model that it came from."""

import sys

import cv2
import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from exported import CODEC, GRAY, SIZE, small_baseline, small_mlpe
from mmpose.registry import TRANSFORMS

from mlpe_mmpose.apis import Predictor
from mlpe_mmpose.codecs import MLPEHeatmap
from mlpe_mmpose.runtime import OnnxPose
from mlpe_mmpose.runtime.model_card import ModelCard
from mlpe_mmpose.tools.export.card import read_card
from mlpe_mmpose.tools.export.export_onnx import BOUND, export_onnx
from mlpe_mmpose.tools.export.onnx_check import differences
from mlpe_mmpose.tools.export.onnx_graph import PoseGraph, write_graph
from mlpe_mmpose.version import __version__

WIDTH, HEIGHT = SIZE['input_size']


def crops(batch: int) -> torch.Tensor:
    """Noise (B, h, w, 3), uint8."""
    return torch.randint(0, 256, (batch, HEIGHT, WIDTH, 3), dtype=torch.uint8)


def torch_heatmaps(model: torch.nn.Module, images: torch.Tensor):
    """The model's heatmaps (B, K, H, W), preprocessed by MMPose."""
    inputs = [image.permute(2, 0, 1) for image in images]
    data = model.data_preprocessor(dict(inputs=inputs, data_samples=[]))
    with torch.no_grad():
        return model(data['inputs'], None)


def run(path, images: torch.Tensor) -> list[np.ndarray]:
    session = onnxruntime.InferenceSession(path)
    return session.run(None, {'images': images.numpy()})


@pytest.mark.parametrize('batch', [1, 3, 7])
def test_heatmaps_equal_those_of_pytorch_for_any_batch_size(
    small_heatmaps, batch
):
    images = crops(batch)
    expected = torch_heatmaps(small_heatmaps.model(), images).numpy()
    (found,) = run(small_heatmaps.config.with_name('pose.onnx'), images)
    assert found.shape == (batch, 17, 16, 12)
    assert np.abs(found - expected).max() < 1e-4 * np.ptp(expected)


@pytest.mark.parametrize('batch', [1, 3, 7])
def test_the_graph_decodes_averaged_heatmaps_as_the_codec_does(
    small_mlpe, batch
):
    images = crops(batch)
    model = small_mlpe.model()
    mirrored = torch_heatmaps(model, images.flip(2)).flip(-1)
    mirrored = mirrored[:, model.dataset_meta['flip_indices']]
    heatmaps = (torch_heatmaps(model, images) + mirrored) / 2
    expected = model.head.decoder.batch_decode(heatmaps)
    found = run(small_mlpe.config.with_name('pose.onnx'), images)
    assert [array.shape for array in found] == [(batch, 17, 2), (batch, 17)]
    for ours, theirs in zip(found, expected, strict=True):
        np.testing.assert_allclose(ours, np.concatenate(theirs), atol=1e-3)


class Decoding(torch.nn.Module):
    """The end of a graph that gives keypoints."""

    def __init__(self, codec: MLPEHeatmap) -> None:
        super().__init__()
        self.codec = codec

    def forward(self, heatmaps: torch.Tensor) -> tuple:
        return self.codec.decode_tensors(heatmaps)


@pytest.mark.parametrize('unbiased', [False, True])
def test_the_graph_decodes_ties_and_borders_as_the_codec_does(
    tmp_path, unbiased
):
    codec = MLPEHeatmap(**SIZE, kernel_sizes=(5,), unbiased=unbiased)
    noise = torch.randn(4, 17, 16, 12) * 100
    rounded = (torch.rand(4, 17, 16, 12) * 3).round()  # ties everywhere
    border = torch.zeros(1, 17, 16, 12)
    border[0, :, 0, -1] = 255
    maps = torch.cat([noise, rounded, -noise.abs(), border])
    path = tmp_path / 'decoding.onnx'
    torch.onnx.export(
        Decoding(codec).eval(), (maps,), path, dynamo=True, verbose=False
    )
    session = onnxruntime.InferenceSession(path)
    name = session.get_inputs()[0].name
    found = session.run(None, {name: maps.numpy()})
    expected = codec.batch_decode(maps)
    for ours, theirs in zip(found, expected, strict=True):
        np.testing.assert_allclose(ours, np.concatenate(theirs), atol=1e-3)


def test_the_file_has_all_metadata_and_no_path_of_this_machine(small_mlpe):
    path = small_mlpe.config.with_name('pose.onnx')
    names = sorted(p.name for p in path.parent.iterdir())
    assert names == ['config.py', 'pose.onnx', 'weights.pth']
    model = onnx.load(path)
    onnx.checker.check_model(model)
    card = ModelCard.from_properties(
        {entry.key: entry.value for entry in model.metadata_props}
    )
    assert card.mlpe_mmpose == __version__
    assert card.input_size == SIZE['input_size']
    assert (card.padding, card.use_udp, card.output) == (
        1.25,
        False,
        'keypoints',
    )
    assert (card.blur_window, card.peak) == (CODEC['kernel_sizes'][-1], 255.0)
    # as in the config
    assert card.flip_test
    assert card.keypoint_names[:3] == ('nose', 'left_eye', 'right_eye')
    # the tracer notes where each operator was called
    assert b'.py' not in path.read_bytes()


def test_the_comparison_sees_other_weights(small_mlpe):
    path = small_mlpe.config.with_name('pose.onnx')
    model = small_mlpe.model(output_heatmaps=True)
    card = read_card(model, heatmaps=False)
    assert max(d for _, d in differences(path, model, card)) < BOUND
    norm = model.head.refine_network.predict[1]
    with torch.no_grad():
        norm.bias += 0.01 * norm.weight.max()
    assert min(d for _, d in differences(path, model, card)) > BOUND


def test_a_graph_that_differs_is_refused_and_the_old_file_stays(tmp_path):
    trained = small_baseline(tmp_path)
    weights = torch.load(trained.checkpoint, weights_only=True)
    weights['state_dict']['head.final_layer.bias'][3] = float('nan')
    torch.save(weights, trained.checkpoint)
    (tmp_path / 'pose.onnx').write_text('of an earlier export')
    before = sorted(tmp_path.iterdir())
    with pytest.raises(RuntimeError, match=r'differs from torch by nan'):
        trained.export('pose.onnx', say=[].append)
    assert (tmp_path / 'pose.onnx').read_text() == 'of an earlier export'
    assert sorted(tmp_path.iterdir()) == before


class ReadsTheBatchSize(torch.nn.Module):
    """Returns its input, and reads the batch size as a number."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.reshape(int(x.shape[0]), *x.shape[1:])


def test_a_graph_of_a_fixed_batch_size_is_refused(tmp_path):
    model = small_baseline(tmp_path).model()
    model.head.conv_layers = ReadsTheBatchSize()
    graph = PoseGraph(model, read_card(model, heatmaps=True))
    with pytest.raises(RuntimeError, match='batches of 2 only'):
        write_graph(graph, tmp_path / 'pose.onnx')
    assert not (tmp_path / 'pose.onnx').exists()


def test_missing_packages_are_named_before_anything_is_done(
    tmp_path, monkeypatch
):
    monkeypatch.setitem(sys.modules, 'onnxscript', None)
    message = r"onnxscript is not(.|\n)* pip install 'mlpe_mmpose\[export\]'"
    with pytest.raises(ImportError, match=message):
        export_onnx('none.py', 'none.pth', tmp_path / 'pose.onnx')


def test_an_older_pytorch_is_named_before_anything_is_done(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(torch, '__version__', '2.1.2+cu121')
    with pytest.raises(ImportError, match=r'PyTorch 2\.7 or later, and 2\.1'):
        export_onnx('none.py', 'none.pth', tmp_path / 'pose.onnx')


def test_models_that_cannot_be_exported_are_named(tmp_path):
    stock = dict(type='MSRAHeatmap', sigma=2, **SIZE)
    model = small_baseline(tmp_path, stock).model()
    assert read_card(model, heatmaps=True).blur_window is None
    with pytest.raises(ValueError, match=r'got MSRAHeatmap.*--heatmaps'):
        read_card(model, heatmaps=False)
    pipeline = model.cfg.test_dataloader.dataset.pipeline
    crop = pipeline.pop(-2)
    with pytest.raises(ValueError, match='reads the crop from TopdownAffine'):
        read_card(model, heatmaps=True)
    pipeline.append(crop)
    model.head.decoder = None
    with pytest.raises(ValueError, match='a HeatmapHead with a decoder'):
        read_card(model, heatmaps=True)
    del model.head
    with pytest.raises(ValueError, match='TopdownPoseEstimator with NoneType'):
        read_card(model, heatmaps=True)


def test_the_types_of_a_config_may_be_classes(tmp_path):
    model = small_mlpe(tmp_path).model()
    card = read_card(model, heatmaps=False)
    steps = model.cfg.test_dataloader.dataset.pipeline
    for step in steps:
        step.type = TRANSFORMS.get(step.type)
    assert read_card(model, heatmaps=False) == card
    # as the file has them to which a training writes such a config
    for step in steps:
        step.type = f'{step.type.__module__}.{step.type.__name__}'
    assert read_card(model, heatmaps=False) == card


def test_a_network_of_gray_images_is_exported_with_its_conversion(tmp_path):
    trained = small_mlpe(tmp_path, GRAY)
    path = trained.export('gray.onnx')
    image = np.random.default_rng(0).integers(0, 256, (64, 48, 3), np.uint8)
    box = np.array([[2.0, 3, 40, 60]])
    keypoints, scores = OnnxPose(path)(image, box)
    (expected,) = Predictor(trained.config, trained.checkpoint)([image], [box])
    found = expected.pred_instances
    np.testing.assert_allclose(scores, found.keypoint_scores, atol=0.02)
    # a crop is converted after it is cut, so its values differ by 1 at most
    np.testing.assert_allclose(keypoints, found.keypoints, atol=0.5)


def test_every_convolution_of_a_bilinear_network_has_weights_of_8_bits(
    tmp_path,
):
    # so wide that the exporter itself leaves the joint weights in one piece
    wide = {'upsample': 'bilinear', 'out_channels': 80}
    options = {f'model.neck.{name}': value for name, value in wide.items()}
    options |= {
        'model.head.upsample': 'bilinear',
        'model.head.in_channels': 80,
    }
    noise = np.random.default_rng(0).integers(0, 256, (90, 70, 3), np.uint8)
    cv2.imwrite(str(tmp_path / 'a.png'), noise)
    path = small_mlpe(tmp_path, options).export(
        'pose.onnx', int8_images=tmp_path
    )
    graph = onnx.load(path).graph
    makers = {name: node for node in graph.node for name in node.output}
    stored = {weights.name: weights.data_type for weights in graph.initializer}
    convolutions = [node for node in graph.node if node.op_type == 'Conv']
    assert convolutions
    for node in convolutions:
        scale = makers[node.input[1]]
        assert scale.op_type == 'DequantizeLinear'
        assert stored[scale.input[0]] == onnx.TensorProto.INT8
