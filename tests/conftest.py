"""What the tests share: seeds, threads, and a small real COCO data set."""

import gc
import json
import signal
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from mmengine.logging import MMLogger
from mmengine.registry import init_default_scope
from mmengine.visualization import Visualizer

import mlpe_mmpose  # noqa: F401, its stand-in must precede mmpose
from mlpe_mmpose.compat.telemetry import block_telemetry

from mmpose.datasets import CocoDataset  # isort: skip
from mmpose.visualization import PoseLocalVisualizer  # isort: skip

import exported  # isort: skip

# width, height of the image of `coco_dataset`, and its box x, y, w, h
IMAGE_SIZE = (160, 200)
BOX = (30.0, 20.0, 90.0, 150.0)


def pytest_configure() -> None:
    """Let OpenVINO report nothing, and take Ctrl-C also in the background.

    Tests send Ctrl-C. A shell without job control starts `make test &` with
    SIGINT ignored, and what waits for Ctrl-C would wait for ever.
    """
    block_telemetry()
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_finish() -> None:
    """Keep what the imports have made out of the garbage collection.

    MMEngine collects garbage whenever it builds a data set, and would look
    through all of it for half a second each time.
    """
    gc.freeze()


@pytest.fixture(autouse=True, scope='session')
def _scope_for_shared_fixtures() -> None:
    """MMPose's scope, for fixtures that are made before the first test."""
    init_default_scope('mmpose')


@pytest.fixture(autouse=True)
def _same_start_for_every_test() -> Iterator[None]:
    """Seeds, one thread, MMPose's scope, nothing global of another test."""
    np.random.seed(0)
    torch.manual_seed(0)
    torch.set_num_threads(1)
    init_default_scope('mmpose')
    yield
    # A runner takes over a visualizer of the same name, with its folder, and
    # MMEngine's hooks take the one that was created last. A web server closes
    # all log files of its process, and MMEngine writes to that of the current
    # logger when it initialises a model.
    for manager in Visualizer, PoseLocalVisualizer, MMLogger:
        manager._instance_dict.clear()


@pytest.fixture(scope='session')
def coco_dataset(tmp_path_factory: pytest.TempPathFactory) -> Callable:
    """Makes a real CocoDataset: ``coco_dataset(flags, pipeline, ...)``.

    ``flags`` (N, 17) are COCO's 0, 1, 2, one person a row; ``keypoints``
    (N, 17, 2) default to random places in the box.
    """

    def make(
        flags: Sequence,
        pipeline: list[dict],
        keypoints: np.ndarray | None = None,
        **kwargs: object,
    ) -> object:
        folder = tmp_path_factory.mktemp('coco')
        flags = np.asarray(flags)
        if keypoints is None:
            spread = np.random.default_rng(0).random((*flags.shape, 2))
            keypoints = spread * BOX[2:] + BOX[:2]
        (folder / 'persons.json').write_text(
            json.dumps(_coco_json(flags, np.asarray(keypoints)))
        )
        _write_noise(folder / 'noise.jpg')
        return CocoDataset(
            ann_file=str(folder / 'persons.json'),
            data_prefix=dict(img=str(folder)),
            pipeline=pipeline,
            **kwargs,
        )

    return make


@pytest.fixture(scope='session')
def small_mlpe(tmp_path_factory: pytest.TempPathFactory) -> exported.Trained:
    """A small MLPE with random weights, exported as `pose.onnx`."""
    trained = exported.small_mlpe(tmp_path_factory.mktemp('small_mlpe'))
    trained.export('pose.onnx')
    return trained


@pytest.fixture(scope='session')
def small_heatmaps(
    tmp_path_factory: pytest.TempPathFactory,
) -> exported.Trained:
    """A smaller network whose `pose.onnx` gives the heatmaps of one view."""
    folder = tmp_path_factory.mktemp('small_heatmaps')
    trained = exported.small_baseline(folder)
    trained.export('pose.onnx', heatmaps=True, flip_test=False)
    return trained


def _coco_json(flags: np.ndarray, keypoints: np.ndarray) -> dict:
    """The annotation file of persons who share one image and box."""
    width, height = IMAGE_SIZE
    triplets = np.concatenate([keypoints, flags[..., None]], axis=-1)
    annotations = [
        dict(
            id=number,
            image_id=1,
            category_id=1,
            bbox=BOX,
            area=BOX[2] * BOX[3],
            iscrowd=0,
            num_keypoints=int((person[:, 2] > 0).sum()),
            keypoints=person.flatten().tolist(),
        )
        for number, person in enumerate(triplets)
    ]
    image = dict(id=1, file_name='noise.jpg', width=width, height=height)
    return dict(
        images=[image],
        annotations=annotations,
        categories=[dict(id=1, name='person')],
    )


def _write_noise(path: Path) -> None:
    """A JPEG in which every pixel is another."""
    size = (*IMAGE_SIZE[::-1], 3)
    noise = np.random.default_rng(0).integers(0, 256, size, np.uint8)
    cv2.imwrite(str(path), noise)
