"""Measure `predict` on a video beside MMPoseInferencer and the network."""

import contextlib
import io
import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import torch
from mmengine.dataset import pseudo_collate

from mlpe_mmpose.apis import People, PoseModel, Predictor, predict_files
from mlpe_mmpose.tools.person_boxes import to_detections

from .harness import Options, Row, check_difference, measure_seconds
from .predictor import (
    BOUND,
    LARGE,
    THREADS,
    TINY,
    describe_model,
    give_boxes,
    make_checkpoint,
)

from mmpose.apis import MMPoseInferencer  # isort: skip

SIZE, FPS = (640, 480), 25.0
PEOPLE = 4
# our aim: at least this share of the speed of the network alone
TARGET = 0.85


def measure(options: Options) -> Iterator[Row]:
    """Yield the rows of the tiny network, and of a large one if not quick."""
    if options.device == 'cpu':
        torch.set_num_threads(THREADS)
    yield from measure_network(TINY, 20 if options.quick else 100, options)
    if not options.quick:
        on_cpu = options.device == 'cpu'
        # few turns, because a person takes most of a second on a CPU
        few = Options(quick=on_cpu, device=options.device)
        yield from measure_network(LARGE, 5 if on_cpu else 100, few)


def measure_network(name: str, frames: int, options: Options) -> Iterator[Row]:
    """Yield a row beside the peer, and one beside the network alone."""
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        config, checkpoint = make_checkpoint(name, folder)
        boxes = choose_boxes()
        video = write_video(folder / 'video.mp4', frames)
        people = write_boxes(folder / 'boxes.json', boxes, frames)
        with contextlib.redirect_stdout(io.StringIO()):
            peer = MMPoseInferencer(
                pose2d=config,
                pose2d_weights=checkpoint,
                device=options.device,
                det_model='whole_image',
            )
        give_boxes(peer, boxes)
        model = PoseModel(config, checkpoint, device=options.device)

        def ours() -> float:
            """Predict, and return the seconds after the network was loaded."""
            shutil.rmtree(folder / 'ours', ignore_errors=True)
            out = folder / 'ours'
            return predict_files(str(video), out, model, people).seconds

        def theirs() -> None:
            shutil.rmtree(folder / 'theirs', ignore_errors=True)
            for _ in peer(
                str(video),
                bbox_thr=0,
                nms_thr=1,
                out_dir=str(folder / 'theirs'),
            ):
                pass

        with contextlib.redirect_stdout(io.StringIO()):
            turns = [
                (ours(), measure_seconds(theirs, options.device))
                for _ in range(options.turns + 1)
            ]
        # the first turn is a warm-up
        seconds = np.median(turns[1:], axis=0).tolist()
        rates = [frames * PEOPLE / spent for spent in seconds]
        equal = compare_keypoints(folder, frames)
        size = f'{frames} frames of {PEOPLE}, {describe_model(name)}'
        yield Row(
            'predict, a video',
            size,
            'MMPoseInferencer',
            rates[1],
            rates[0],
            'people/s',
            None,
            equal,
        )
        alone = time_network(config, checkpoint, video, boxes, frames, options)
        yield Row(
            'predict, a video',
            size,
            'the network alone',
            frames * PEOPLE / alone,
            rates[0],
            'people/s',
            TARGET,
            equal,
        )


def choose_boxes() -> np.ndarray:
    """Return boxes of people, (N, 4), the same in each frame.

    The coordinates are whole pixels, because a file of boxes rounds them to
    thousandths, and the maximum of a random network's heatmap can jump with
    the last digit.
    """
    random = np.random.default_rng(1)
    corner = random.random((PEOPLE, 2)) * (320, 200)
    extent = 80 + random.random((PEOPLE, 2)) * 160
    boxes = np.concatenate([corner, corner + extent], 1)
    return boxes.round().astype(np.float32)


def write_video(path: Path, frames: int) -> Path:
    """Write a video of moving smooth noise."""
    random = np.random.default_rng(0)
    noise = random.integers(0, 256, (*SIZE[::-1], 3), np.uint8)
    noise = cv2.GaussianBlur(noise, (9, 9), 0)
    writer = cv2.VideoWriter(
        str(path), cv2.VideoWriter_fourcc(*'mp4v'), FPS, SIZE
    )
    for number in range(frames):
        writer.write(np.roll(noise, number, axis=1))
    writer.release()
    return path


def write_boxes(path: Path, boxes: np.ndarray, frames: int) -> People:
    """Write the boxes of all frames as a file of detections."""
    rows = np.hstack([boxes, np.ones((len(boxes), 1), np.float32)])
    found = [
        d for number in range(frames) for d in to_detections(number, rows)
    ]
    path.write_text(json.dumps(found))
    return People(boxes=str(path))


def compare_keypoints(folder: Path, frames: int) -> str:
    """Check that both sides have written equal keypoints."""
    ours = json.loads((folder / 'ours/results.json').read_text())
    (file,) = (folder / 'theirs').glob('predictions/*.json')
    theirs = [
        person['keypoints']
        for frame in json.loads(file.read_text())
        for person in frame['instances']
    ]
    got = np.reshape([r['keypoints'] for r in ours], (len(ours), -1, 3))
    assert len(got) == len(theirs) == frames * PEOPLE
    difference = np.abs(got[..., :2] - np.array(theirs)).max().item()
    return check_difference('keypoints in pixels', difference, BOUND)


@torch.no_grad()
def time_network(
    config: str,
    checkpoint: str,
    video: Path,
    boxes: np.ndarray,
    frames: int,
    options: Options,
) -> float:
    """Return the seconds of the network alone, whose crops are made before."""
    size = 8 if options.device == 'cpu' else 32
    predictor = Predictor(config, checkpoint, options.device, size)
    capture = cv2.VideoCapture(str(video))
    images = [capture.read()[1] for _ in range(frames)]
    paired = ((image, boxes) for image in images)
    crops = [crop for _, crop in predictor._crops(paired) if crop is not None]
    batches = [
        pseudo_collate(crops[start : start + size])
        for start in range(0, len(crops), size)
    ]

    def run() -> None:
        for batch in batches:
            predictor.model.test_step(batch)

    run()
    return min(
        measure_seconds(run, options.device) for _ in range(options.turns)
    )
