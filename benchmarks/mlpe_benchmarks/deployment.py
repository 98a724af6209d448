"""Measure speed and AP of the tiny model in each backend and precision.

An AP needs a trained model. The model and its data are those that
`python -m mlpe_mmpose demo` writes to the current folder. The benchmark
`runtime` measures the speed of a large network.
"""

import contextlib
import io
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import torch
from xtcocotools.coco import COCO
from xtcocotools.cocoeval import COCOeval

import mlpe_mmpose  # noqa: F401, its stand-in must precede mmpose
from mlpe_mmpose.runtime import OnnxPose
from mlpe_mmpose.shipped import find_shipped
from mlpe_mmpose.tools.demo.run_demo import CONFIG, DATA_ROOT, WORK_DIR
from mlpe_mmpose.tools.export.calibration import read_crops
from mlpe_mmpose.tools.export.export_onnx import export_onnx
from mlpe_mmpose.tools.export.quantise import quantise

from .harness import (
    MissingInputError,
    Options,
    Row,
    check_difference,
    take_turns,
)

from mmpose.apis import inference_topdown, init_model  # isort: skip

# the name of a side, and its function from images and boxes to poses
Side = tuple[str, Callable[[list, list], list]]
ANNOTATIONS = DATA_ROOT / 'annotations/person_keypoints_val2017.json'
# backend, precision, and the largest loss of AP that we allow (our choice: a
# tenth of a point, which is rounding, in float32 and bfloat16; one point in
# int8)
SIDES = (
    ('onnxruntime', 'float32', 0.001),
    ('openvino', 'float32', 0.001),
    ('openvino', 'bfloat16', 0.001),
    ('onnxruntime', 'int8', 0.01),
    ('openvino', 'int8', 0.01),
)
THREADS = 2
# Number of images that are timed. A quick run reads no other images.
TIMED = 40


class People:
    """Images of the demo's validation set, with their annotated boxes.

    Args:
        number (int, optional): Number of images, from the lowest id on; all
            images if ``None``
        sigmas (np.ndarray): (K,), the data set's OKS constants
    """

    def __init__(self, number: int | None, sigmas: np.ndarray) -> None:
        with contextlib.redirect_stdout(io.StringIO()):
            self.truth = COCO(str(ANNOTATIONS))
        self.sigmas = sigmas
        self.ids = sorted(self.truth.imgs)[:number]
        self.images, self.boxes = [], []
        for image_id in self.ids:
            name = self.truth.imgs[image_id]['file_name']
            path = DATA_ROOT / 'val2017' / name
            self.images.append(cv2.imread(str(path)))
            boxes = [
                person['bbox']
                for person in self.truth.imgToAnns[image_id]
                if person['num_keypoints'] and not person['iscrowd']
            ]
            boxes = np.array(boxes, float).reshape(-1, 4)
            boxes[:, 2:] += boxes[:, :2]
            self.boxes.append(boxes)

    def select_timed(self) -> tuple[list[np.ndarray], list[np.ndarray]]:
        """Return the images that are timed, and their boxes."""
        return self.images[:TIMED], self.boxes[:TIMED]

    def compute_ap(self, poses: list[tuple[np.ndarray, np.ndarray]]) -> float:
        """Compute COCO's AP of one pair (keypoints, scores) for each image."""
        found = [
            dict(
                image_id=image_id,
                category_id=1,
                keypoints=np.column_stack([person, score]).ravel().tolist(),
                score=float(score.mean()),
            )
            for image_id, pose in zip(self.ids, poses, strict=True)
            for person, score in zip(*pose, strict=True)
        ]
        with contextlib.redirect_stdout(io.StringIO()):
            evaluation = COCOeval(
                self.truth, self.truth.loadRes(found), 'keypoints', self.sigmas
            )
            evaluation.params.imgIds = self.ids
            evaluation.evaluate()
            evaluation.accumulate()
            evaluation.summarize()
        return evaluation.stats[0]


def measure(options: Options) -> Iterator[Row]:
    """Yield a row for each backend and precision.

    Only the CPU is measured, because the onnxruntime of the default
    environment supports no other device.

    Raises:
        MissingInputError: If the trained model or its data are missing.
    """
    if options.device != 'cpu':
        return
    checkpoints = sorted(WORK_DIR.glob('best_coco_AP_epoch_*.pth'))
    if not checkpoints or not ANNOTATIONS.exists():
        missing = ANNOTATIONS if checkpoints else f'{WORK_DIR}/best_coco_AP_*'
        raise MissingInputError(
            f'deployment needs the trained model and the data of the demo '
            f'below the current folder, and there is no {missing}. '
            '`python -m mlpe_mmpose demo` makes both.'
        )
    torch.set_num_threads(THREADS)
    model = init_model(str(find_shipped(CONFIG)), str(checkpoints[-1]), 'cpu')
    sigmas = np.array(model.dataset_meta['sigmas'])
    people = People(TIMED if options.quick else None, sigmas)

    def predict_in_torch(images: list, boxes: list) -> list:
        return [
            predict_with_mmpose(model, *pair)
            for pair in zip(images, boxes, strict=True)
        ]

    with tempfile.TemporaryDirectory() as folder:
        plain, int8 = Path(folder, 'plain.onnx'), Path(folder, 'int8.onnx')
        config = find_shipped(CONFIG)
        export_onnx(config, checkpoints[-1], plain, say=lambda line: None)
        # the steps of `export --int8`
        shutil.copy(plain, int8)
        card = OnnxPose(plain).card
        calibration = DATA_ROOT / 'annotations/person_keypoints_train2017.json'
        quantise(
            int8, card, read_crops(DATA_ROOT / 'train2017', calibration, card)
        )
        peer = ('inference_topdown', predict_in_torch)
        for backend, precision, bound in SIDES:
            pose = OnnxPose(
                int8 if precision == 'int8' else plain,
                threads=THREADS,
                backend=backend,
                precision=precision,
            )
            ours = (f'OnnxPose, {backend}, {precision}', pose.predict)
            yield compare_sides(peer, ours, people, bound, options)


def predict_with_mmpose(
    model: torch.nn.Module, image: np.ndarray, boxes: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Predict the poses in boxes with MMPose.

    Without boxes, MMPose would take the whole image as a box.
    """
    if not len(boxes):
        return np.empty((0, 17, 2)), np.empty((0, 17))
    found = [r.pred_instances for r in inference_topdown(model, image, boxes)]
    return (
        np.concatenate([person.keypoints for person in found]),
        np.concatenate([person.keypoint_scores for person in found]),
    )


def compare_sides(
    peer: Side, ours: Side, people: People, bound: float, options: Options
) -> Row:
    """Compare the AP of two sides, and then their speed."""
    expected, got = (
        people.compute_ap(predict(people.images, people.boxes))
        for _, predict in (peer, ours)
    )
    seconds = take_turns(
        lambda: ours[1](*people.select_timed()),
        lambda: peer[1](*people.select_timed()),
        options,
    )
    count = sum(map(len, people.select_timed()[1]))
    return Row(
        f'{ours[0]}, the trained tiny model',
        f'{len(people.ids)} generated images, flip test, {THREADS} threads',
        peer[0],
        count / seconds[1],
        count / seconds[0],
        'people/s',
        None,
        f'AP {got:.3f}, peer {expected:.3f}; '
        + check_difference('AP', abs(expected - got), bound),
    )
