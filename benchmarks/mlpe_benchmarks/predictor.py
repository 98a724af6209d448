"""Measure the predictor beside MMPoseInferencer, with the same boxes."""

import contextlib
import io
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import torch
from mmengine.structures import InstanceData
from torch import nn

from mlpe_mmpose.apis import Predictor
from mlpe_mmpose.shipped import find_shipped

from .harness import Options, Row, check_difference, take_turns

from mmpose.apis import MMPoseInferencer, init_model  # isort: skip

TINY, LARGE = 'mlpe_tiny_synthetic.py', 'mlpe_resnest50_384x288.py'
THREADS = 2
PEOPLE = 16
IMAGES = 100
CROWD, SMALL = (480, 640), (120, 90)  # height, width
# pixels; a fused model rounds differently
BOUND = 0.05


def measure(options: Options) -> Iterator[Row]:
    """Yield rows of a crowd, and one of a folder of small images."""
    if options.device == 'cpu':
        torch.set_num_threads(THREADS)
    with tempfile.TemporaryDirectory() as folder:
        crowd = write_images(Path(folder, 'crowd'), 1, CROWD)
        small = write_images(Path(folder, 'small'), IMAGES, SMALL)
        for name in (TINY,) if options.quick else (TINY, LARGE):
            # a crowd takes the large network many seconds
            options = Options(options.quick or name == LARGE, options.device)
            config, checkpoint = make_checkpoint(name, Path(folder))
            with contextlib.redirect_stdout(io.StringIO()):
                ours = Predictor(config, checkpoint, options.device)
                peer = MMPoseInferencer(
                    pose2d=config,
                    pose2d_weights=checkpoint,
                    device=options.device,
                    det_model='whole_image',
                )
            yield measure_crowd(ours, peer, crowd, name, options)
            if name == TINY:
                yield measure_folder(ours, peer, small, name, options)


def write_images(
    folder: Path, number: int, shape: tuple[int, int]
) -> list[str]:
    """Write JPEGs of smooth noise as detailed as photographs; return paths."""
    folder.mkdir()
    random = np.random.default_rng(0)
    paths = []
    for image in range(number):
        noise = random.integers(0, 256, (*shape, 3), np.uint8)
        paths.append(str(folder / f'{image:03d}.jpg'))
        cv2.imwrite(paths[-1], cv2.GaussianBlur(noise, (9, 9), 0))
    return paths


def make_checkpoint(name: str, folder: Path) -> tuple[str, str]:
    """Return a shipped config, and random weights with statistics of noise."""
    config = str(find_shipped(f'configs/{name}'))
    model = init_model(config, device='cpu').train()
    width, height = model.head.decoder.input_size
    # With the default momentum, heatmaps are so flat that rounding moves a
    # maximum. The backbone keeps it: its pooled attention hardly varies
    # between images of noise, and a norm would amplify that variation.
    for module in (*model.neck.modules(), *model.head.modules()):
        if isinstance(module, nn.BatchNorm2d):
            module.momentum = 1
    with torch.no_grad():
        model(torch.randn(4, 3, height, width), None)
    checkpoint = str(folder / f'{name[:-3]}.pth')
    torch.save(dict(state_dict=model.state_dict(), meta={}), checkpoint)
    return config, checkpoint


def measure_crowd(
    ours: Predictor,
    peer: MMPoseInferencer,
    images: list[str],
    name: str,
    options: Options,
) -> Row:
    """Compare the speed on many people of one image."""
    height, width = CROWD
    random = np.random.default_rng(1)
    corner = random.random((PEOPLE, 2)) * (width / 2, height / 2)
    extent = 60 + random.random((PEOPLE, 2)) * 160
    boxes = np.concatenate([corner, corner + extent], 1).astype(np.float32)
    give_boxes(peer, boxes)
    row = compare_sides(
        lambda: ours(images, [boxes]),
        lambda: peer(images, bbox_thr=0, nms_thr=1),
        PEOPLE,
        options,
    )
    row.what = 'predictor, a crowd'
    row.size = f'{PEOPLE} people, {height}x{width}, {describe_model(name)}'
    row.target = 1.5 if name == TINY else None
    return row


def give_boxes(peer: MMPoseInferencer, boxes: np.ndarray) -> None:
    """Give the inferencer boxes (N, 4) for every image.

    The inferencer drops the boxes of a user. This detector returns them at no
    cost, and ``bbox_thr=0, nms_thr=1`` keep all of them.
    """
    found = InstanceData(
        bboxes=torch.from_numpy(boxes),
        scores=torch.linspace(1, 0.5, len(boxes)),
        labels=torch.zeros(len(boxes), dtype=torch.long),
    )
    peer.inferencer.det_cat_ids = (0,)
    peer.inferencer.detector = lambda image, return_datasamples: dict(
        predictions=[SimpleNamespace(pred_instances=found)]
    )


def measure_folder(
    ours: Predictor,
    peer: MMPoseInferencer,
    images: list[str],
    name: str,
    options: Options,
) -> Row:
    """Compare the speed on many images of one person each."""
    # without a detector the inferencer takes the image as the box, and so
    # does the predictor without boxes
    peer.inferencer.detector = None
    row = compare_sides(
        lambda: ours(images), lambda: peer(images), IMAGES, options
    )
    height, width = SMALL
    row.what = 'predictor, a folder'
    row.size = (
        f'{IMAGES} images of one, {height}x{width}, {describe_model(name)}'
    )
    row.target = 3
    return row


def describe_model(name: str) -> str:
    """Return the description of the model for a row of the table."""
    return f'{name[:-3]}, float32, flip test, {THREADS} threads'


def compare_sides(
    ours: Callable[[], Iterator],
    peer: Callable[[], Iterator],
    people: int,
    options: Options,
) -> Row:
    """Compare the keypoints of both sides, then their speed in people/s."""
    got = [
        person
        for sample in ours()
        for person in sample.pred_instances.keypoints
    ]
    expected = [
        person['keypoints']
        for result in peer()
        for person in result['predictions'][0]
    ]
    assert len(got) == len(expected) == people
    difference = np.abs(np.array(got) - np.array(expected)).max().item()
    # both sides have just run, so no warm-up is needed
    seconds = take_turns(
        lambda: list(ours()), lambda: list(peer()), options, warm_up=0
    )
    return Row(
        '',
        '',
        'MMPoseInferencer',
        people / seconds[1],
        people / seconds[0],
        'people/s',
        None,
        check_difference('keypoints in pixels', difference, BOUND),
    )
