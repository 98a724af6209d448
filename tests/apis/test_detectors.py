"""Detectors of torchvision and MMDetection, with random weights."""

import sys
from pathlib import Path

import mmcv.ops  # noqa: F401, loads `mmcv._ext`
import mmdet
import numpy as np
import pytest
import torch
from torchvision.models import get_model, get_model_weights
from torchvision.ops import box_iou

from mlpe_mmpose.apis import build_detector
from mlpe_mmpose.apis.torchvision_detector import TorchvisionDetector
from mlpe_mmpose.compat.mmcv_ops import is_stand_in

MMDET = Path(mmdet.__file__).parent / '.mim/configs'
SIZES = ((120, 160), (200, 90))  # height, width
IMAGES = [
    np.random.default_rng(0).integers(0, 256, (*size, 3), np.uint8)
    for size in SIZES
]


def check_boxes(found: list[np.ndarray]) -> None:
    """Boxes are inside of their images, and the best comes first."""
    for boxes, (height, width) in zip(found, SIZES, strict=True):
        assert boxes.shape[1:] == (5,)
        assert boxes.dtype == np.float32
        assert (boxes[:, 2:4] > boxes[:, :2]).all()
        assert (boxes[:, :2] >= 0).all()
        assert (boxes[:, 2:4] <= (width, height)).all()
        assert (np.diff(boxes[:, 4]) <= 0).all()


def write_weights(config: Path, folder: Path, classes: tuple) -> Path:
    """Write random weights of a detector of MMDetection, and its classes."""
    from mmdet.apis import init_detector

    model = init_detector(str(config), device='cpu')
    meta = dict(dataset_meta=dict(classes=classes))
    path = folder / 'weights.pth'
    torch.save(dict(state_dict=model.state_dict(), meta=meta), path)
    return path


@pytest.mark.parametrize(
    ('name', 'classes'),
    [
        ('ssdlite320_mobilenet_v3_large', 2),
        ('fasterrcnn_mobilenet_v3_large_320_fpn', 2),
        pytest.param('retinanet_resnet50_fpn', 3, marks=pytest.mark.long),
    ],
)
def test_a_detector_of_torchvision_gives_its_own_boxes(
    tmp_path, name, classes
):
    model = get_model(
        name, weights=None, weights_backbone=None, num_classes=classes
    ).eval()
    torch.save({'model': model.state_dict()}, tmp_path / 'weights.pth')
    detect = build_detector(
        f'torchvision:{name}', str(tmp_path / 'weights.pth'), threshold=0
    )
    assert detect.model.state_dict().keys() == model.state_dict().keys()
    found = detect(IMAGES)
    check_boxes(found)
    inputs = [
        torch.from_numpy(image[..., ::-1].copy()).permute(2, 0, 1) / 255
        for image in IMAGES
    ]
    with torch.no_grad():
        for boxes, theirs in zip(found, model(inputs), strict=True):
            people = theirs['boxes'][theirs['labels'] == 1]
            wide = ((people[:, 2:] - people[:, :2]) > 0).all(1)
            assert len(boxes) == wide.sum()
            if len(boxes):
                iou = box_iou(torch.from_numpy(boxes[:, :4]), people)
                assert iou.max(1).values.min() > 0.999


def test_a_file_of_torchvision_s_weights_computes_as_the_download_does(
    tmp_path, monkeypatch
):
    name = 'fasterrcnn_resnet50_fpn'
    url = get_model_weights(name).DEFAULT.url
    # where torchvision looks before it downloads
    path = tmp_path / 'hub/checkpoints' / Path(url).name
    path.parent.mkdir(parents=True)
    monkeypatch.setenv('TORCH_HOME', str(tmp_path))
    model = get_model(name, weights=None, weights_backbone=None)
    state = {
        # so small that the norms' eps counts
        key: value / 1e4 if key.endswith('running_var') else value
        for key, value in model.state_dict().items()
        if not key.endswith('num_batches_tracked')
    }
    state |= {
        key.replace('running_var', 'weight'): value.sqrt()
        for key, value in state.items()
        if key.endswith('running_var')
    }
    torch.save(state, path)
    image = torch.rand(1, 3, 64, 64)
    found = [
        TorchvisionDetector(name, checkpoint).model.backbone(image)['0']
        for checkpoint in (None, str(path))
    ]
    torch.testing.assert_close(*found)


def test_a_checkpoint_of_another_detector_is_refused(tmp_path):
    path = tmp_path / 'weights.pth'
    torch.save({'conv.weight': torch.zeros(2)}, path)
    with pytest.raises(ValueError, match=r'weights\.pth does not fit'):
        build_detector('torchvision:ssdlite320_mobilenet_v3_large', str(path))
    with pytest.raises(ValueError, match=r"name.*'rcnn'.*retinanet_resnet50"):
        build_detector('torchvision:rcnn', str(path))
    with pytest.raises(FileNotFoundError, match=r"none\.pth': no such file"):
        build_detector('torchvision:rcnn', 'none.pth')


@pytest.mark.parametrize(
    ('content', 'words'),
    [
        ([1], "' is not loaded: it holds a list"),
        (torch.zeros(2), "' is not loaded: it holds a Tensor"),
        ({'model': None}, ' holds no state dict'),
        ({'a': 'text'}, ' holds no state dict'),
        ({}, ' holds no state dict'),
    ],
)
def test_a_file_without_weights_is_no_checkpoint(tmp_path, content, words):
    path = tmp_path / 'weights.pth'
    torch.save(content, path)
    with pytest.raises(ValueError, match=rf'weights\.pth{words}'):
        build_detector('torchvision:ssdlite320_mobilenet_v3_large', str(path))


def test_a_file_that_is_no_checkpoint_is_named(tmp_path):
    path = tmp_path / 'weights.pth'
    path.write_text('hello')
    with pytest.raises(ValueError, match=r"weights\.pth' is not loaded"):
        build_detector('torchvision:ssdlite320_mobilenet_v3_large', str(path))


def test_weights_of_another_detector_of_mmdetection_are_refused(tmp_path):
    config = MMDET / 'rtmdet/rtmdet_tiny_8xb32-300e_coco.py'
    weights = write_weights(config, tmp_path, ('person',))
    content = torch.load(weights, weights_only=True)
    del content['state_dict']['bbox_head.rtm_cls.0.weight']
    torch.save(content, weights)
    message = r'weights\.pth is not of .*rtmdet_tiny.*: 1 of .*rtm_cls\.0'
    with pytest.raises(ValueError, match=message):
        build_detector(str(config), str(weights))


def test_weights_that_cannot_be_downloaded_are_named(tmp_path, monkeypatch):
    # nobody listens there
    monkeypatch.setenv('https_proxy', 'http://127.0.0.1:9')
    monkeypatch.setenv('TORCH_HOME', str(tmp_path))
    name = 'ssdlite320_mobilenet_v3_large'
    message = rf'torchvision:{name} could .*https.*\.pth .*detector-checkpoint'
    with pytest.raises(OSError, match=message):
        build_detector(f'torchvision:{name}')


@pytest.mark.parametrize(
    'config',
    [
        'rtmdet/rtmdet_tiny_8xb32-300e_coco.py',
        'faster_rcnn/faster-rcnn_r50_fpn_1x_coco.py',
    ],
)
def test_a_detector_of_mmdetection_runs_where_mmcv_is_compiled(
    config, tmp_path
):
    weights = write_weights(MMDET / config, tmp_path, ('person', 'cat'))
    detect = build_detector(str(MMDET / config), str(weights), threshold=0)
    # with random weights the scores of many detectors round to 0
    for layer in detect.model.modules():
        if isinstance(layer, torch.nn.Conv2d) and layer.bias is not None:
            layer.bias.data.zero_()
    if is_stand_in(sys.modules['mmcv._ext']):
        message = 'not compiled.*torchvision:NAME'
        with pytest.raises(RuntimeError, match=message):
            detect(IMAGES)
    else:
        check_boxes(detect(IMAGES))


def test_a_config_of_mmdetection_without_weights_is_refused():
    config = MMDET / 'rtmdet/rtmdet_tiny_8xb32-300e_coco.py'
    with pytest.raises(ValueError, match='--detector-checkpoint'):
        build_detector(str(config))


def test_a_detector_that_does_not_know_people_is_refused(tmp_path):
    config = tmp_path / 'cats.py'
    base = MMDET / 'rtmdet/rtmdet_tiny_8xb32-300e_coco.py'
    config.write_text(f'_base_ = {str(base)!r}\n')
    weights = write_weights(base, tmp_path, ('cat',))
    with pytest.raises(ValueError, match=r"'person', got .*cats\.py with cat"):
        build_detector(str(config), str(weights))
